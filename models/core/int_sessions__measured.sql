-- One session's measures. All of them combine when two sessions turn out to be one: counts add,
-- minima and maxima combine, first values travel with their instant.
with int_events__sessionized as (
    select * from {{ ref('int_events__sessionized') }}
),

event_types as (
    select * from {{ ref('event_types') }}
),

bot_patterns as (
    select * from {{ ref('bot_patterns') }}
),

agents as (
    select distinct user_agent
    from int_events__sessionized
    where user_agent is not null
),

bot_agents as (
    select
        a.user_agent,
        min(p.bot_name) as bot_name
    from agents as a
    inner join bot_patterns as p
        on {{ matches_column('a.user_agent', 'p.bot_pattern') }}
    group by a.user_agent
),

measured as (
    select
        e.source_name,
        e.session_id,
        e.visitor_id,
        min(e.customer_id) as first_customer_id,
        max(e.customer_id) as last_customer_id,
        min(b.bot_name) as agent_bot_name,
        count(*) as event_count,
        count(case when e.event_type = 'page_view' then 1 end) as page_view_count,
        count(case when e.event_type = 'product_view' then 1 end) as product_view_count,
        count(case when e.event_type = 'search' then 1 end) as search_count,
        count(case when e.event_type = 'add_to_cart' then 1 end) as cart_add_count,
        count(case when e.event_type = 'checkout_start' then 1 end) as checkout_start_count,
        count(case when e.event_type = 'purchase' then 1 end) as purchase_count,
        count(case when t.is_view then 1 end) as view_count,
        count(case when t.is_conversion then 1 end) as conversion_count,
        min(e.occurred_at) as started_at,
        max(e.occurred_at) as ended_at,
        max(e.available_at) as available_at
    from int_events__sessionized as e
    inner join event_types as t
        on e.event_type = t.event_type
    left join bot_agents as b
        on e.user_agent = b.user_agent
    group by e.source_name, e.session_id, e.visitor_id
),

-- The event a session was entered by, for where it came from.
entries as (
    select
        session_id,
        device_type,
        page_url as landing_page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign
    from int_events__sessionized
    qualify row_number() over (partition by session_id order by occurred_at, event_id) = 1
),

final as (
    select
        m.source_name,
        m.session_id,
        m.visitor_id,
        m.first_customer_id,
        m.last_customer_id,
        e.device_type,
        e.landing_page_url,
        e.referrer,
        e.utm_source,
        e.utm_medium,
        e.utm_campaign,
        case
            when m.agent_bot_name is not null then 'user_agent'
            when m.event_count > {{ setting('bot_max_events') }} then 'too_many_events'
            -- A mean pace under 1 s: the n - 1 gaps together are shorter than n - 1 seconds.
            when
                m.event_count >= {{ setting('bot_min_paced_events') }}
                and {{ epoch_micros('m.ended_at') }} - {{ epoch_micros('m.started_at') }}
                < (m.event_count - 1) * 1000000
                then 'too_fast'
        end as bot_reason,
        m.event_count,
        m.page_view_count,
        m.product_view_count,
        m.search_count,
        m.cart_add_count,
        m.checkout_start_count,
        m.purchase_count,
        coalesce(
            m.view_count >= 2
            or m.conversion_count > 0
            or {{ epoch_micros('m.ended_at') }} - {{ epoch_micros('m.started_at') }} >= 20000000,
            false
        ) as is_engaged,
        m.started_at,
        m.ended_at,
        m.available_at
    from measured as m
    inner join entries as e
        on m.session_id = e.session_id
)

select * from final

-- Identity is a join, never an update: a session belongs to its visitor, and to whom that visitor
-- was at its start.
{{ config(changes={'log': 'int_visitors__changed', 'key': ['source_name', 'visitor_id']}) }}
with int_sessions__merged as (
    select * from {{ ref('int_sessions__merged') }}
    where {{ is_changed('int_visitors__changed') }} and not is_superseded
),

identity_map as (
    select * from {{ ref('identity_map') }}
    where {{ is_changed('int_visitors__changed') }}
),

measured as (
    select
        *,
        coalesce(first_customer_id <> last_customer_id, false) as has_identity_conflict,
        {{ epoch_micros('ended_at') }} - {{ epoch_micros('started_at') }} as duration_micros
    from int_sessions__merged
),

judged as (
    select
        *,
        case
            when agent_bot_name is not null then 'user_agent'
            when event_count > {{ setting('bot_max_events') }} then 'too_many_events'
            -- A mean pace under 1 s: the n - 1 gaps together are shorter than n - 1 seconds.
            when
                event_count >= {{ setting('bot_min_paced_events') }}
                and duration_micros < (event_count - 1) * 1000000
                then 'too_fast'
        end as bot_reason,
        view_count >= 2 or conversion_count > 0 or duration_micros >= 20000000 as is_engaged
    from measured
),

identified as (
    select
        s.source_name,
        s.visitor_id,
        s.device_type,
        s.landing_page_url,
        s.referrer,
        s.utm_source,
        s.utm_medium,
        s.utm_campaign,
        s.bot_reason,
        s.event_count,
        s.page_view_count,
        s.product_view_count,
        s.search_count,
        s.cart_add_count,
        s.checkout_start_count,
        s.purchase_count,
        s.is_engaged,
        s.has_identity_conflict,
        s.started_at,
        s.ended_at,
        {{ known_customer_id('s.first_customer_id', 's.started_at') }} as known_customer_id,
        {{ known_person_id(
            's.source_name', 's.first_customer_id', 's.visitor_id', 's.started_at'
        ) }} as known_person_id
    from judged as s
    left join identity_map as i
        on
            s.source_name = i.source_name
            and s.visitor_id = i.visitor_id
            and s.started_at >= i.valid_from
            and s.started_at < i.valid_to
),

final as (
    select
        source_name,
        md5(
            concat_ws(
                '|', source_name, visitor_id, cast({{ epoch_micros('started_at') }} as string)
            )
        ) as session_id,
        visitor_id,
        -- Two customers in one session: it counts for no person.
        case when not has_identity_conflict then known_person_id end as person_id,
        case when not has_identity_conflict then known_customer_id end as customer_id,
        device_type,
        landing_page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        bot_reason,
        event_count,
        page_view_count,
        product_view_count,
        search_count,
        cart_add_count,
        checkout_start_count,
        purchase_count,
        is_engaged,
        bot_reason is not null as is_bot,
        has_identity_conflict,
        {{ local_day('started_at') }} as local_day,
        started_at,
        ended_at
    from identified
)

select * from final

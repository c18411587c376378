-- What tells the sessions of the window apart: the channel by which they came, and who came.
with int_events__recent as (
    select distinct session_id from {{ ref('int_events__recent') }}
),

sessions as (
    select * from {{ ref('sessions') }}
),

channel_rules as (
    select * from {{ ref('channel_rules') }}
),

customers as (
    select * from {{ ref('customers') }}
),

orders as (
    select
        person_id,
        min(ordered_at) as first_ordered_at
    from {{ ref('orders') }}
    where person_id is not null and is_order
    group by person_id
),

recent as (
    select
        s.session_id,
        s.person_id,
        s.device_type,
        coalesce(s.utm_medium, '') as utm_medium,
        coalesce(s.utm_source, '') as utm_source,
        coalesce(s.referrer, '') as referrer,
        coalesce(s.landing_page_url, '') as landing_page_url,
        s.started_at
    from sessions as s
    inner join int_events__recent as r
        on s.session_id = r.session_id
),

-- Each way of coming is judged once, however many came by it.
ways as (
    select distinct
        utm_medium,
        utm_source,
        referrer,
        landing_page_url
    from recent
),

ruled as (
    select
        w.utm_medium,
        w.utm_source,
        w.referrer,
        w.landing_page_url,
        min_by(r.channel, r.rule_number) as channel
    from ways as w
    inner join channel_rules as r
        on {{ is_of_channel_rule('w', 'r') }}
    group by w.utm_medium, w.utm_source, w.referrer, w.landing_page_url
),

final as (
    select
        s.session_id,
        coalesce(s.device_type, 'unknown') as device,
        coalesce(r.channel, 'other') as channel,
        case
            when s.person_id is null then 'unknown'
            when o.first_ordered_at < s.started_at then 'known'
            else 'new'
        end as customer_kind,
        coalesce(c.country, 'unknown') as country
    from recent as s
    left join ruled as r
        on
            s.utm_medium = r.utm_medium
            and s.utm_source = r.utm_source
            and s.referrer = r.referrer
            and s.landing_page_url = r.landing_page_url
    left join orders as o
        on s.person_id = o.person_id
    left join customers as c
        on s.person_id = c.person_id
)

select * from final

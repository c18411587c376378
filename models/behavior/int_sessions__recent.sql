-- The whole sessions of the window, each with a number, and with what tells them apart: the channel
-- by which they came, and who came. A session that began before the window, or was not over at the
-- clock, is left out: half of one would begin or end a path where nobody did. Events are put in
-- order and counted by the number, which costs half of what ids do.
with sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

clock as (
    select * from {{ ref('clock') }}
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
        s.source_name,
        s.visitor_id,
        s.person_id,
        coalesce(s.device_type, 'unknown') as device,
        coalesce(s.utm_medium, '') as utm_medium,
        coalesce(s.utm_source, '') as utm_source,
        coalesce(s.referrer, '') as referrer,
        coalesce(s.landing_page_url, '') as landing_page_url,
        row_number() over (order by s.started_at, s.session_id) as session_number,
        s.started_at,
        s.ended_at
    from sessions as s
    cross join clock as k
    where
        s.started_at >= {{ add_days('k.as_of_at', '-' ~ setting('behavior_window_days')) }}
        and s.ended_at < k.as_of_at
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
        s.source_name,
        s.visitor_id,
        s.person_id,
        s.device,
        coalesce(r.channel, 'other') as channel,
        case
            when s.person_id is null then 'unknown'
            when o.first_ordered_at < s.started_at then 'known'
            else 'new'
        end as customer_kind,
        coalesce(c.country, 'unknown') as country,
        s.session_number,
        s.started_at,
        s.ended_at
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

-- How people came: the channel of the first visit that led up to the first order. Later visits say
-- how the shop called a customer back, not how it won one.
with int_acquisition__starts as (
    select * from {{ ref('int_acquisition__starts') }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

channel_rules as (
    select * from {{ ref('channel_rules') }}
),

first_visits as (
    select
        s.person_id,
        coalesce(v.utm_medium, '') as utm_medium,
        coalesce(v.utm_source, '') as utm_source,
        coalesce(v.referrer, '') as referrer,
        coalesce(v.landing_page_url, '') as landing_page_url
    from int_acquisition__starts as s
    inner join sessions as v
        on s.person_id = v.person_id and s.started_at >= v.started_at
    qualify row_number() over (
        partition by s.person_id
        order by v.started_at, v.session_id
    ) = 1
),

-- Each way of coming is judged once, however many came by it.
ways as (
    select distinct
        utm_medium,
        utm_source,
        referrer,
        landing_page_url
    from first_visits
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
        s.person_id,
        case
            when v.person_id is null then 'unknown'
            else coalesce(r.channel, 'other')
        end as channel
    from int_acquisition__starts as s
    left join first_visits as v
        on s.person_id = v.person_id
    left join ruled as r
        on
            v.utm_medium = r.utm_medium
            and v.utm_source = r.utm_source
            and v.referrer = r.referrer
            and v.landing_page_url = r.landing_page_url
)

select * from final

-- By which channel each buyer came, as far as each cut-off knew: that of the first visit up to the
-- first order, judged by the rules that judge it today. No row where no such visit was known.
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

visitor_days as (
    select * from {{ ref('visitor_days') }}
    where not is_bot
),

int_identity__as_known as (
    select * from {{ ref('int_identity__as_known') }}
),

int_purchases__measured as (
    select * from {{ ref('int_purchases__measured') }}
),

channel_rules as (
    select * from {{ ref('channel_rules') }}
),

-- Days that were the earliest known of their visitor and customer when they became known: no other
-- day can be a first visit at any cut-off.
earliest as (
    select
        source_name,
        visitor_id,
        customer_id,
        coalesce(utm_medium, '') as utm_medium,
        coalesce(utm_source, '') as utm_source,
        coalesce(referrer, '') as referrer,
        coalesce(landing_page_url, '') as landing_page_url,
        available_day,
        first_event_at
    from visitor_days
    qualify
        first_event_at = min(first_event_at) over (
            partition by source_name, visitor_id, customer_id
            order by available_day
        )
),

-- Each way of coming is judged once, however many came by it.
ways as (
    select distinct
        utm_medium,
        utm_source,
        referrer,
        landing_page_url
    from earliest
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

judged as (
    select
        e.source_name,
        e.visitor_id,
        e.customer_id,
        coalesce(r.channel, 'other') as channel,
        e.available_day,
        e.first_event_at
    from earliest as e
    left join ruled as r
        on
            e.utm_medium = r.utm_medium
            and e.utm_source = r.utm_source
            and e.referrer = r.referrer
            and e.landing_page_url = r.landing_page_url
),

attributed as (
    select
        c.cut_off_at,
        {{ known_person_id('j.source_name', 'j.customer_id', 'j.visitor_id', 'j.first_event_at') }}
            as person_id,
        j.visitor_id,
        j.channel,
        j.first_event_at
    from churn_cutoffs as c
    inner join judged as j
        on c.cut_off_date > j.available_day
    left join int_identity__as_known as i
        on
            c.cut_off_at = i.read_at
            and j.source_name = i.source_name
            and j.visitor_id = i.visitor_id
            and j.first_event_at >= i.valid_from
            and j.first_event_at < i.valid_to
),

final as (
    select
        a.cut_off_at,
        a.person_id,
        a.channel
    from attributed as a
    inner join int_purchases__measured as p
        on a.cut_off_at = p.cut_off_at and a.person_id = p.person_id
    where a.first_event_at <= p.first_ordered_at
    qualify row_number() over (
        partition by a.cut_off_at, a.person_id
        order by a.first_event_at, a.visitor_id, a.channel
    ) = 1
)

select * from final

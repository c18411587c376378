-- What each person's visits added up to before a cut-off, from visitor days known by then.
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

attributed as (
    select
        c.cut_off_at,
        c.cut_off_date,
        {{ known_person_id('v.source_name', 'v.customer_id', 'v.visitor_id', 'v.first_event_at') }}
            as person_id,
        v.local_day,
        v.cart_add_count,
        v.last_event_at,
        v.last_available_at
    from churn_cutoffs as c
    inner join visitor_days as v
        on c.cut_off_date > v.available_day
    left join int_identity__as_known as i
        on
            c.cut_off_at = i.read_at
            and v.source_name = i.source_name
            and v.visitor_id = i.visitor_id
            and v.first_event_at >= i.valid_from
            and v.first_event_at < i.valid_to
),

aged as (
    select
        *,
        {{ days_between('local_day', 'cut_off_date') }} as age_days
    from attributed
    where person_id is not null
),

final as (
    select
        cut_off_at,
        person_id,
        count(distinct case when age_days <= 7 then local_day end) as visit_days_7d,
        count(distinct case when age_days <= 30 then local_day end) as visit_days_30d,
        count(distinct case when age_days <= 90 then local_day end) as visit_days_90d,
        sum(case when age_days <= 30 then cart_add_count else 0 end) as cart_adds_30d,
        sum(case when age_days <= 90 then cart_add_count else 0 end) as cart_adds_90d,
        max(last_event_at) as last_visit_at,
        max(last_available_at) as last_available_at
    from aged
    group by cut_off_at, person_id
)

select * from final

-- How much the shop had written to each person by each cut-off. Openings and clicks come later and
-- without a version, so they are no features.
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

contacts as (
    select * from {{ ref('contacts') }}
),

aged as (
    select
        c.cut_off_at,
        k.person_id,
        k.sent_at,
        {{ days_between(local_day('k.sent_at'), local_day('c.cut_off_at')) }} as age_days
    from churn_cutoffs as c
    inner join contacts as k
        on c.cut_off_at > k.sent_at
),

final as (
    select
        cut_off_at,
        person_id,
        count(case when age_days <= 30 then 1 end) as contacts_30d,
        count(case when age_days <= 90 then 1 end) as contacts_90d,
        min(age_days) as contact_recency_days,
        max(sent_at) as last_available_at
    from aged
    group by cut_off_at, person_id
)

select * from final

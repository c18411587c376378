-- Within the shop's own horizon the comparison of horizons knows the outcomes that churn_labels
-- knows, and its row is made of them. A night that fits nothing keeps the rows of its last fit,
-- which are held on the night that makes them.
-- If it breaks: int_outcomes__windows and churn_labels ask for the outcome in different windows:
-- bring the two in line.
with churn_labels as (
    select * from {{ ref('churn_labels') }}
    where not is_censored
),

churn_horizon_labels as (
    select * from {{ ref('churn_horizon_labels') }}
),

churn_horizons as (
    select h.*
    from {{ ref('churn_horizons') }} as h
    inner join {{ ref('clock') }} as c
        on h.as_of_date = cast(c.as_of_at as date)
    where h.is_default and h.prevalence is not null and {{ is_made_now('churn_horizons') }}
),

other_outcomes as (
    select
        h.person_id,
        h.cut_off_date,
        'another outcome than churn_labels' as mistake
    from churn_horizon_labels as h
    inner join churn_labels as l
        on
            h.person_id = l.person_id
            and h.cut_off_at = l.cut_off_at
            and h.horizon_days = l.horizon_days
    where h.has_churned is distinct from l.has_churned
),

test_labels as (
    select
        cut_off_date,
        count(*) as buyer_count,
        count(case when has_churned then 1 end) as churned_count
    from churn_labels
    where split = 'test'
    group by cut_off_date
),

other_counts as (
    select
        cast(null as string) as person_id,
        coalesce(h.cut_off_date, t.cut_off_date) as cut_off_date,
        'another count than churn_labels' as mistake
    from churn_horizons as h
    left join test_labels as t
        on h.cut_off_date = t.cut_off_date
    where
        h.buyer_count is distinct from t.buyer_count
        or t.churned_count is distinct from cast(round(h.prevalence * h.buyer_count) as bigint)
),

final as (
    select * from other_outcomes
    union all
    select * from other_counts
)

select * from final

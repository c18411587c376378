-- What became of buyers within other horizons than the shop's own, at the cut-offs that
-- churn.churn_horizons compares. Only outcomes that are known.
with customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
),

int_outcomes__windows as (
    select * from {{ ref('int_outcomes__windows') }}
    where is_compared
),

int_outcomes__returned as (
    select * from {{ ref('int_outcomes__returned') }}
),

final as (
    select
        s.person_id,
        w.horizon_days,
        r.person_id is null as has_churned,
        s.cut_off_date,
        w.cut_off_at,
        w.outcome_at
    from int_outcomes__windows as w
    inner join customer_snapshots as s
        on w.cut_off_at = s.cut_off_at
    left join int_outcomes__returned as r
        on
            w.cut_off_at = r.cut_off_at
            and w.outcome_at = r.outcome_at
            and s.person_id = r.person_id
)

select * from final

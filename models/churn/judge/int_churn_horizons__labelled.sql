-- Snapshots with what became of them within each horizon that can be measured, and within the
-- shop's own, to compare with. The regression reads every feature that is listed here: few, and of
-- any horizon, since this compares horizons and the comparison of models is elsewhere.
with customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
),

churn_horizon_labels as (
    select * from {{ ref('churn_horizon_labels') }}
),

bg_nbd_fits as (
    select * from {{ ref('bg_nbd_fits') }}
),

int_churn_horizons__checked as (
    select * from {{ ref('int_churn_horizons__checked') }}
    where is_measured or is_default
),

final as (
    select
        s.person_id,
        l.horizon_days,
        s.recency_days,
        s.tenure_days,
        s.purchase_count,
        s.purchase_count_90d,
        s.purchase_count_365d,
        s.visit_days_30d,
        s.visit_days_90d,
        s.net_sales_365d,
        s.recency_over_mean_gap,
        s.visits_missed,
        {{ bg_nbd_no_order_probability(
            'b', 's.purchase_count', 's.recency_days', 's.tenure_days', 'l.horizon_days'
        ) }} as bg_nbd_no_order_probability,
        s.bg_nbd_no_order_probability as own_bg_nbd_probability,
        l.has_churned,
        h.is_measured,
        h.is_default,
        s.cut_off_at,
        l.outcome_at
    from churn_horizon_labels as l
    inner join int_churn_horizons__checked as h
        on l.horizon_days = h.horizon_days
    inner join customer_snapshots as s
        on l.person_id = s.person_id and l.cut_off_at = s.cut_off_at
    inner join bg_nbd_fits as b
        on l.cut_off_at = b.cut_off_at
)

select * from final

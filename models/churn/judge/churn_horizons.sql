-- What another horizon would mean: how many would count as lost, how well that is predicted, and
-- whether it would put customers in another order.
with int_churn_horizons__checked as (
    select * from {{ ref('int_churn_horizons__checked') }}
),

ml_churn_horizons as (
    select * from {{ ref('ml_churn_horizons') }}
),

final as (
    select
        c.reason,
        c.horizon_days,
        c.buyer_count,
        c.train_cutoff_count,
        case when c.is_measured then cast(c.churned_count as double) / c.buyer_count end
            as prevalence,
        cast(m.roc_auc_recency as double) as roc_auc_recency,
        cast(m.roc_auc_bg_nbd as double) as roc_auc_bg_nbd,
        cast(m.roc_auc_logistic_regression as double) as roc_auc_logistic_regression,
        cast(m.rank_agreement as double) as rank_agreement,
        c.is_default,
        cast(c.cut_off_at as date) as cut_off_date,
        c.as_of_date
    from int_churn_horizons__checked as c
    left join ml_churn_horizons as m
        on c.horizon_days = m.horizon_days and c.is_measured
)

select * from final

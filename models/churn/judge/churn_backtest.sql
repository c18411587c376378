-- Every past cut-off as it would have been predicted at it, by fits on what was known by then: the
-- same classifier over the seasons, and whether it predicted more or less churn than there was.
with ml_churn_backtest as (
    select * from {{ ref('ml_churn_backtest') }}
),

final as (
    select
        cast(classifier as string) as classifier,
        cast(split as string) as split,
        cast(horizon_days as bigint) as horizon_days,
        cast(training_cutoff_count as bigint) as training_cutoff_count,
        cast(training_row_count as bigint) as training_row_count,
        cast(customer_count as bigint) as customer_count,
        cast(prevalence as double) as prevalence,
        cast(mean_probability as double) as mean_probability,
        cast(mean_probability - prevalence as double) as calibration_gap,
        cast(roc_auc as double) as roc_auc,
        cast(log_loss as double) as log_loss,
        cast(brier as double) as brier,
        cast(older_by_days as bigint) as older_by_days,
        cast(roc_auc_older as double) as roc_auc_older,
        cast(log_loss_older as double) as log_loss_older,
        cast(is_chosen_later as boolean) as is_chosen_later,
        cast(cut_off_date as date) as cut_off_date,
        cast(as_of_date as date) as as_of_date
    from ml_churn_backtest
)

select * from final

with ml_churn_evaluation as (
    select * from {{ ref('ml_churn_evaluation') }}
),

churn_champion as (
    select * from {{ ref('churn_champion') }}
),

ml_churn_classifiers as (
    select * from {{ ref('ml_churn_classifiers') }}
    where stage = 'final'
),

final as (
    select
        cast(e.classifier as string) as classifier,
        cast(e.split as string) as split,
        cast(e.horizon_days as bigint) as horizon_days,
        cast(e.customer_count as bigint) as customer_count,
        cast(e.prevalence as double) as prevalence,
        cast(e.roc_auc as double) as roc_auc,
        cast(e.roc_auc_low as double) as roc_auc_low,
        cast(e.roc_auc_high as double) as roc_auc_high,
        cast(e.pr_auc_churn as double) as pr_auc_churn,
        cast(e.pr_auc_churn_low as double) as pr_auc_churn_low,
        cast(e.pr_auc_churn_high as double) as pr_auc_churn_high,
        cast(e.pr_auc_buy as double) as pr_auc_buy,
        cast(e.pr_auc_buy_low as double) as pr_auc_buy_low,
        cast(e.pr_auc_buy_high as double) as pr_auc_buy_high,
        cast(e.log_loss as double) as log_loss,
        cast(e.log_loss_low as double) as log_loss_low,
        cast(e.log_loss_high as double) as log_loss_high,
        cast(e.brier as double) as brier,
        cast(e.threshold as double) as threshold,
        cast(e.precision as double) as precision,
        cast(e.recall as double) as recall,
        cast(e.f1 as double) as f1,
        cast(e.accuracy as double) as accuracy,
        cast(e.lift_5_churn as double) as lift_5_churn,
        cast(e.lift_5_buy as double) as lift_5_buy,
        cast(e.lift_10_churn as double) as lift_10_churn,
        cast(e.lift_10_buy as double) as lift_10_buy,
        cast(e.lift_20_churn as double) as lift_20_churn,
        cast(e.lift_20_buy as double) as lift_20_buy,
        coalesce(c.is_champion, false) as is_champion,
        cast(k.is_calibrated as boolean) as is_calibrated,
        cast(e.cut_off_date as date) as cut_off_date
    from ml_churn_evaluation as e
    left join churn_champion as c
        on e.classifier = c.classifier
    left join ml_churn_classifiers as k
        on e.classifier = k.classifier
)

select * from final

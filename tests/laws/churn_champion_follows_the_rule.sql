-- Of the classifiers that were judged one is champion, the simplest within one standard error of
-- the lowest log loss; the numbers are those of the evaluation, and somebody has no regret.
-- If it breaks: look at models/churn/judge/churn_champion.sql and the simplicity of each classifier
-- in seed churn_classifiers.
with churn_champion as (
    select * from {{ ref('churn_champion') }}
),

churn_evaluation as (
    select * from {{ ref('churn_evaluation') }}
),

bounds as (
    select
        min(validation_log_loss) as lowest,
        min(case when gap_to_best <= gap_standard_error then simplicity end) as simplest,
        min(test_log_loss_regret) as least_log_loss_regret,
        min(test_roc_auc_regret) as least_roc_auc_regret,
        sum(case when is_champion then 1 else 0 end) as champion_count
    from churn_champion
)

select coalesce(c.classifier, e.classifier) as classifier
from churn_champion as c
full outer join churn_evaluation as e
    on c.classifier = e.classifier
cross join bounds as b
where
    c.classifier is null
    or e.classifier is null
    or c.is_champion <> e.is_champion
    or (e.split = 'validation' and abs(c.validation_log_loss - e.log_loss) > 1e-12)
    or (e.split = 'test' and abs(c.test_log_loss - e.log_loss) > 1e-12)
    or (e.split = 'test' and abs(c.test_roc_auc - e.roc_auc) > 1e-12)
    or abs(c.validation_log_loss - c.gap_to_best - b.lowest) > 1e-9
    or (c.is_champion and c.simplicity <> b.simplest)
    or b.champion_count <> 1
    or b.least_log_loss_regret <> 0
    or b.least_roc_auc_regret <> 0

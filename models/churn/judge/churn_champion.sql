-- Who is the champion, and by which numbers: the lowest log loss on validation, unless a simpler
-- classifier is within one standard error of it. The test cut-off has no say: what it says about
-- the choice afterwards is the regret.
with ml_churn_evaluation as (
    select * from {{ ref('ml_churn_evaluation') }}
),

churn_classifiers as (
    select * from {{ ref('churn_classifiers') }}
),

competing as (
    select
        e.classifier,
        c.simplicity,
        e.horizon_days,
        e.log_loss,
        e.gap_to_best,
        e.gap_standard_error,
        e.gap_to_best <= e.gap_standard_error as is_within_one_standard_error,
        e.cut_off_date,
        row_number() over (order by e.log_loss, e.classifier) = 1 as is_best_on_validation
    from ml_churn_evaluation as e
    left join churn_classifiers as c
        on e.classifier = c.classifier
    where e.split = 'validation'
),

ranked as (
    select
        *,
        -- Those within one standard error first, the simplest of them first; one that the seed
        -- does not know counts as the least simple.
        row_number() over (
            order by
                case when is_within_one_standard_error then 0 else 1 end,
                coalesce(simplicity, 1000000), classifier
        ) = 1 as is_champion
    from competing
),

coded as (
    select
        *,
        case
            when is_champion and is_best_on_validation then 'chosen_best'
            when is_champion then 'chosen_simpler'
            when is_best_on_validation then 'passed_best'
            when is_within_one_standard_error then 'passed_near'
            else 'passed_far'
        end as reason_code
    from ranked
),

champion as (
    select classifier from ranked
    where is_champion
),

best_on_validation as (
    select
        classifier,
        log_loss
    from ranked
    where is_best_on_validation
),

tested as (
    select
        classifier,
        log_loss,
        roc_auc,
        cut_off_date,
        min(log_loss) over () as best_log_loss,
        max(roc_auc) over () as best_roc_auc
    from ml_churn_evaluation
    where split = 'test'
),

final as (
    select
        cast(r.classifier as string) as classifier,
        r.reason_code,
        case r.reason_code
            when 'chosen_best'
                then 'Chosen: the lowest log loss, and nothing simpler within one standard error.'
            when 'chosen_simpler'
                then concat(
                    'Chosen: the simplest within one standard error of the lowest log loss, ',
                    cast(cast(b.log_loss as decimal(9, 4)) as string), ' of ', b.classifier,
                    '; its own is ', cast(cast(r.gap_to_best as decimal(9, 4)) as string),
                    ' above, with a standard error of ',
                    cast(cast(r.gap_standard_error as decimal(9, 4)) as string), '.'
                )
            when 'passed_best'
                then concat(
                    'Not chosen: the lowest log loss, but ', k.classifier,
                    ' is simpler and within one standard error of it.'
                )
            when 'passed_near'
                then concat(
                    'Not chosen: within one standard error of the lowest log loss, but ',
                    k.classifier, ' is simpler.'
                )
            else
                concat(
                    'Not chosen: its log loss is ',
                    cast(cast(r.gap_to_best as decimal(9, 4)) as string),
                    ' above the lowest, more than the standard error of ',
                    cast(cast(r.gap_standard_error as decimal(9, 4)) as string), '.'
                )
        end as reason,
        cast(r.simplicity as bigint) as simplicity,
        cast(r.horizon_days as bigint) as horizon_days,
        cast(r.log_loss as double) as validation_log_loss,
        cast(r.gap_to_best as double) as gap_to_best,
        cast(r.gap_standard_error as double) as gap_standard_error,
        cast(t.log_loss as double) as test_log_loss,
        cast(t.log_loss - t.best_log_loss as double) as test_log_loss_regret,
        cast(t.roc_auc as double) as test_roc_auc,
        cast(t.best_roc_auc - t.roc_auc as double) as test_roc_auc_regret,
        r.is_best_on_validation,
        r.is_within_one_standard_error,
        r.is_champion,
        cast(r.cut_off_date as date) as validation_date,
        cast(t.cut_off_date as date) as test_date
    from coded as r
    cross join champion as k
    cross join best_on_validation as b
    left join tested as t
        on r.classifier = t.classifier
)

select * from final

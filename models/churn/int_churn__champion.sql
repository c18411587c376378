-- The champion: the lowest log loss on validation, unless a simpler classifier is within one
-- standard error of it. The test cut-off has no say.
with ml_churn_evaluation as (
    select * from {{ ref('ml_churn_evaluation') }}
),

churn_classifiers as (
    select * from {{ ref('churn_classifiers') }}
),

final as (
    select e.classifier
    from ml_churn_evaluation as e
    inner join churn_classifiers as c
        on e.classifier = c.classifier
    where e.split = 'validation' and e.gap_to_best <= e.gap_standard_error
    qualify row_number() over (order by c.simplicity, e.classifier) = 1
)

select * from final

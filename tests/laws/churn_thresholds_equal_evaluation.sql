-- Every classifier that was judged on test has its rules, and they speak of the evaluation's
-- customers: the rule of the best F1 has its threshold, precision and recall, the rule of a
-- probability that is a whole number of percent the counts of the curve of that threshold, the
-- capacity takes all that fit and nobody more, and whoever was chosen and churned is the same
-- count by precision and by recall.
-- If it breaks: look at models/churn/judge/churn_thresholds.sql and macros/is_within_capacity.sql,
-- and build ml_churn_evaluation+ anew.
with churn_thresholds as (
    select * from {{ ref('churn_thresholds') }}
),

churn_evaluation as (
    select * from {{ ref('churn_evaluation') }}
    where split = 'test'
),

churn_curves as (
    select * from {{ ref('churn_curves') }}
    where split = 'test' and curve = 'confusion'
),

rules as (
    select 'best_f1' as rule_name
    union all
    select 'probability' as rule_name
    union all
    select 'capacity' as rule_name
    where {{ setting('churn_capacity') }} is not null
),

required as (
    select
        e.*,
        r.rule_name
    from churn_evaluation as e
    cross join rules as r
)

select
    coalesce(e.classifier, t.classifier) as classifier,
    coalesce(e.rule_name, t.rule_name) as rule_name
from required as e
full outer join churn_thresholds as t
    on e.classifier = t.classifier and e.rule_name = t.rule_name
left join churn_curves as c
    on
        e.classifier = c.classifier
        and e.rule_name = 'probability'
        and abs(c.x - t.threshold) < 1e-9
where
    e.classifier is null
    or t.classifier is null
    or t.customer_count <> e.customer_count
    or t.cut_off_date <> e.cut_off_date
    or t.horizon_days <> e.horizon_days
    or t.is_champion <> e.is_champion
    or t.selected_count > t.customer_count
    or abs(t.selected_share * t.customer_count - t.selected_count) > 1e-6
    or abs(
        coalesce(t.precision, 0) * t.selected_count
        - coalesce(t.recall, 0) * e.prevalence * e.customer_count
    ) > 1e-6
    or (
        t.rule_name = 'best_f1'
        and (
            t.threshold <> e.threshold
            or abs(coalesce(t.precision, 0) - e.precision) > 1e-12
            or abs(coalesce(t.recall, 0) - e.recall) > 1e-12
        )
    )
    or (
        t.rule_name = 'capacity'
        and (
            t.selected_count > {{ setting('churn_capacity') }} * t.customer_count
            or t.selected_count + 1 <= {{ setting('churn_capacity') }} * t.customer_count
        )
    )
    or (
        c.classifier is not null
        and (
            t.selected_count <> c.true_positive_count + c.false_positive_count
            or abs(
                coalesce(t.recall, 0) * (c.true_positive_count + c.false_negative_count)
                - c.true_positive_count
            ) > 1e-6
        )
    )

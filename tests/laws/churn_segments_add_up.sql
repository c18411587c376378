-- Each kind of segment holds every customer of the test cut-off once, what is withheld included,
-- and all of them together are measured as the evaluation measures them. Nobody small is shown,
-- unless all of a kind are.
-- If it breaks: int_churn__segments places a customer twice or nowhere; the edges are those of seed
-- churn_segment_bands.
with churn_evaluation as (
    select * from {{ ref('churn_evaluation') }}
    where split = 'test'
),

churn_evaluation_by_segment as (
    select * from {{ ref('churn_evaluation_by_segment') }}
),

summed as (
    select
        classifier,
        segment_kind,
        sum(customer_count) as customer_count,
        sum(churned_count) as churned_count,
        sum(predicted_count) as predicted_count,
        sum(true_positive_count) as true_positive_count,
        sum(mean_probability * customer_count) as probability_sum,
        sum(log_loss * customer_count) as loss_sum
    from churn_evaluation_by_segment
    group by classifier, segment_kind
),

kinds as (
    select distinct segment_kind from churn_evaluation_by_segment
)

select
    coalesce(e.classifier, s.classifier) as classifier,
    coalesce(k.segment_kind, s.segment_kind) as segment_kind
from churn_evaluation as e
cross join kinds as k
full outer join summed as s
    on e.classifier = s.classifier and k.segment_kind = s.segment_kind
where
    e.classifier is null
    or s.classifier is null
    or s.customer_count <> e.customer_count
    or abs(s.churned_count / e.customer_count - e.prevalence) > 1e-9
    or abs(s.true_positive_count - e.recall * s.churned_count) > 1e-6
    or (
        s.predicted_count > 0
        and abs(s.true_positive_count / s.predicted_count - e.precision) > 1e-9
    )
    or abs(s.loss_sum / e.customer_count - e.log_loss) > 1e-9
union all
select
    s.classifier,
    s.segment_kind
from churn_evaluation_by_segment as s
inner join churn_evaluation as e
    on s.classifier = e.classifier
where
    (s.segment_kind = 'all' and abs(s.roc_auc - e.roc_auc) > 1e-9)
    or (
        s.segment not in ('all', 'withheld')
        and s.customer_count < {{ setting('retention_min_cell_size') }}
    )
    or s.is_champion <> e.is_champion
    or s.cut_off_date <> e.cut_off_date

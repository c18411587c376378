-- Where the history carries a model, every feature is watched at test and today and every
-- classifier's score too, over all customers; an index is never below 0.
-- If it breaks: a feature or classifier is missing from int_churn__compared: name it there as the
-- features in the meta of ml_churn_classifiers are named.
with churn_drift as (
    select * from {{ ref('churn_drift') }}
),

customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
),

churn_evaluation as (
    select * from {{ ref('churn_evaluation') }}
),

splits as (
    select
        split,
        count(*) as customer_count
    from customer_snapshots
    group by split
),

subjects as (
    select
        classifier as subject,
        'score' as subject_kind
    from churn_evaluation
    where split = 'test'
    union all
    select distinct
        subject,
        subject_kind
    from churn_drift
    where subject_kind = 'feature'
),

wanted as (
    select
        s.subject,
        s.subject_kind,
        n.split as compared_split,
        n.customer_count as compared_count,
        e.customer_count as baseline_count
    from subjects as s
    inner join splits as n
        on n.split in ('test', 'today')
    inner join splits as e
        on e.split = case when s.subject_kind = 'score' then 'validation' else 'train' end
)

select
    coalesce(w.subject, d.subject) as subject,
    coalesce(w.compared_split, d.compared_split) as compared_split
from wanted as w
full outer join churn_drift as d
    on
        w.subject_kind = d.subject_kind
        and w.subject = d.subject
        and w.compared_split = d.compared_split
where
    w.subject is null
    or d.subject is null
    or d.compared_count <> w.compared_count
    or d.baseline_count <> w.baseline_count
    or d.psi < 0
    or not (d.baseline_missing_share between 0 and 1)
    or not (d.compared_missing_share between 0 and 1)

-- Where the history carries a model, every buyer of today has a score between 0 and 1 by every
-- classifier that was judged, and one is the champion's; where it does not, nobody has any.
-- If it breaks: run `dbt build -s ml_churn_classifiers+`; if it stays, a join in
-- models/churn/score/churn_scores.sql loses a buyer or a classifier.
with today as (
    select s.person_id
    from {{ ref('customer_snapshots') }} as s
    cross join {{ ref('churn_readiness') }} as r
    where s.split = 'today' and r.is_ready
),

classifiers as (
    select count(distinct classifier) as classifier_count from {{ ref('churn_evaluation') }}
),

scored as (
    select
        person_id,
        count(*) as score_count,
        sum(case when is_champion then 1 else 0 end) as champion_count,
        min(churn_probability) as lowest,
        max(churn_probability) as highest
    from {{ ref('churn_scores') }}
    group by person_id
)

select coalesce(t.person_id, s.person_id) as person_id
from today as t
cross join classifiers as c
full outer join scored as s
    on t.person_id = s.person_id
where
    t.person_id is null
    or s.score_count is distinct from c.classifier_count
    or s.champion_count <> 1
    or s.lowest < 0
    or s.highest > 1

{{ config(group='churn') }}
-- The base and the contributions of all features add up to the log-odds of the published score,
-- for every customer of the classifier that is explained; nobody is left out, nobody else is in.
-- Where a probability is so near to 0 or 1 that its log-odds are rounded, it is compared itself.
-- If it breaks: the explanation is of another model or other features than the score: build
-- ml_churn_classifiers+ anew, then look at src/stayhouse/churn/explain.
with summed as (
    select
        cast(person_id as string) as person_id,
        cast(classifier as string) as classifier,
        max(base) + cast(sum(cast(contribution as decimal(28, 15))) as double) as logit
    from {{ ref('ml_churn_contributions') }}
    group by person_id, classifier
),

explained as (
    select distinct explained_classifier as classifier from {{ ref('churn_reasons') }}
),

scored as (
    select
        s.person_id,
        s.classifier,
        s.churn_probability
    from {{ ref('churn_scores') }} as s
    inner join explained as e
        on s.classifier = e.classifier
)

select
    coalesce(c.person_id, s.person_id) as person_id,
    c.logit,
    s.churn_probability
from summed as c
full outer join scored as s
    on c.person_id = s.person_id and c.classifier = s.classifier
where
    c.person_id is null
    or s.person_id is null
    or case
        when s.churn_probability between 1e-9 and 1 - 1e-9
            then abs(c.logit - ln(s.churn_probability / (1 - s.churn_probability))) > 1e-6
        else abs(1 / (1 + exp(-c.logit)) - s.churn_probability) > 1e-9
    end

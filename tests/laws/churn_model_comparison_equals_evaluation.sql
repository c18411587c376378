-- A classifier is judged if and only if it was fitted, and one that was not says why.
-- If it breaks: a classifier was dropped in silence: look at what its fit said in the log of the
-- build, and at src/stayhouse/churn/fit.py.
with judged as (
    select distinct classifier from {{ ref('churn_evaluation') }}
)

select
    coalesce(l.classifier, j.classifier) as classifier,
    l.reason
from {{ ref('churn_model_comparison') }} as l
full outer join judged as j
    on l.classifier = j.classifier
where
    l.classifier is null
    or l.is_fitted <> (j.classifier is not null)
    or l.is_fitted <> (l.reason is null)

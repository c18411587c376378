-- A classifier is judged if and only if it was fitted, and one that was not says why.
with judged as (
    select distinct classifier from {{ ref('churn_evaluation') }}
)

select
    coalesce(l.classifier, j.classifier) as classifier,
    l.reason
from {{ ref('churn_line_up') }} as l
full outer join judged as j
    on l.classifier = j.classifier
where
    l.classifier is null
    or l.is_fitted <> (j.classifier is not null)
    or l.is_fitted <> (l.reason is null)

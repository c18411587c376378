-- The outcomes of training lie before validation, those of validation before test; and a label is
-- null exactly while its horizon is open.
-- If it breaks: the splits in models/features/churn_cutoffs.sql overlap, so a model would be judged
-- on what it has seen: mend that before any score is used.
select
    l.cut_off_at,
    l.split
from {{ ref('churn_labels') }} as l
cross join {{ ref('clock') }} as c
left join {{ ref('churn_cutoffs') }} as later
    on
        (l.split = 'train' and later.split = 'validation')
        or (l.split in ('refit', 'validation') and later.split = 'test')
where
    l.outcome_at > later.cut_off_at
    or l.is_censored <> (l.outcome_at > c.as_of_at)
    or l.is_censored <> (l.has_churned is null)

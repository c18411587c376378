-- Every snapshot has a label and every label a snapshot.
-- If it breaks: churn_labels joins a cut-off or a person that customer_snapshots does not have:
-- both take theirs from churn_cutoffs.
select
    coalesce(s.person_id, l.person_id) as person_id,
    coalesce(s.cut_off_at, l.cut_off_at) as cut_off_at
from {{ ref('customer_snapshots') }} as s
full outer join {{ ref('churn_labels') }} as l
    on s.person_id = l.person_id and s.cut_off_at = l.cut_off_at
where s.person_id is null or l.person_id is null

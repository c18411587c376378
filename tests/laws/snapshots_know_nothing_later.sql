-- A snapshot holds nothing that became known at its cut-off or after it.
select
    person_id,
    cut_off_at,
    max_available_at
from {{ ref('customer_snapshots') }}
where max_available_at is null or max_available_at >= cut_off_at

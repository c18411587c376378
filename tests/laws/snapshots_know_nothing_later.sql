-- A snapshot holds nothing that became known at its cut-off or after it.
-- If it breaks: a feature reads something with a later available_at: find which of the
-- int_*__as_known models in models/features lets it through, before any score is used.
select
    person_id,
    cut_off_at,
    max_available_at
from {{ ref('customer_snapshots') }}
where max_available_at is null or max_available_at >= cut_off_at

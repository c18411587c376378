-- The events that can be read are those that data_quality counts as accepted.
-- If it breaks: models/core/events/events.sql leaves out or adds rows of int_events__checked; if that one
-- changed its rules, run `dbt build --full-refresh` once.
with readable as (
    select
        source_name,
        batch_id,
        count(*) as row_count
    from {{ ref('events') }}
    group by source_name, batch_id
),

counted as (
    select
        source_name,
        batch_id,
        sum(row_count) as row_count
    from {{ ref('data_quality') }}
    where table_name = 'events' and disposition = 'accepted'
    group by source_name, batch_id
)

select
    coalesce(r.batch_id, c.batch_id) as batch_id,
    r.row_count as readable_count,
    c.row_count as counted
from readable as r
full outer join counted as c
    on r.source_name = c.source_name and r.batch_id = c.batch_id
where r.row_count is distinct from c.row_count

-- The events that can be read are those that data_quality counts as accepted.
-- If it breaks: models/core/events/events.sql leaves out or adds rows of int_events__checked; if
-- that one changed its rules, run `dbt build --full-refresh` once.
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

{{ differences('readable', 'counted', by=['source_name', 'batch_id'], of=['row_count']) }}

-- The rejected rows that can be read, and the lines that landing could not read, are those that
-- data_quality counts, reason by reason.
-- If it breaks: rejected_events or rejected_rows leaves out a table or a reason that data_quality
-- counts.
with readable as (
    select
        source_name,
        'events' as table_name,
        reason_code,
        count(*) as row_count
    from {{ ref('rejected_events') }}
    group by source_name, reason_code
    union all
    select
        source_name,
        table_name,
        reason_code,
        count(*) as row_count
    from {{ ref('rejected_rows') }}
    group by source_name, table_name, reason_code
    union all
    select
        source_name,
        table_name,
        reason_code,
        sum(line_count) as row_count
    from ({{ landed_lines() }})
    where reason_code is not null
    group by source_name, table_name, reason_code
),

counted as (
    select
        source_name,
        table_name,
        reason_code,
        sum(row_count) as row_count
    from {{ ref('data_quality') }}
    where disposition = 'rejected'
    group by source_name, table_name, reason_code
)

select
    coalesce(r.table_name, c.table_name) as table_name,
    coalesce(r.reason_code, c.reason_code) as reason_code,
    r.row_count as readable_count,
    c.row_count as counted
from readable as r
full outer join counted as c
    on
        r.source_name = c.source_name
        and r.table_name = c.table_name
        and r.reason_code = c.reason_code
where r.row_count is distinct from c.row_count

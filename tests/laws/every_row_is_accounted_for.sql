-- Staged + lines that landing rejected = accepted + rejected + repeated + superseded + orphaned, by
-- source, table and batch, in both directions.
-- If it breaks: a row is counted twice or by nobody in int_rows__checked or int_events__checked:
-- compare its batch in core.data_quality with the staging view.
with staged as (
    {%- for source_name, tables in source_tables().items() %}
    {%- for table_name in tables %}
    select
        source_name,
        '{{ table_name }}' as table_name,
        batch_id,
        count(*) as row_count
    from {{ ref('stg_' ~ source_name ~ '__' ~ table_name) }}
    group by source_name, batch_id
    union all
    {%- endfor %}
    {%- endfor %}
    select
        source_name,
        table_name,
        batch_id,
        line_count as row_count
    from ({{ landed_lines() }})
    where reason_code is not null
),

brought as (
    select
        source_name,
        table_name,
        batch_id,
        sum(row_count) as row_count
    from staged
    group by source_name, table_name, batch_id
),

accounted as (
    select
        source_name,
        table_name,
        batch_id,
        sum(row_count) as row_count
    from {{ ref('data_quality') }}
    group by source_name, table_name, batch_id
)

select
    coalesce(s.source_name, a.source_name) as source_name,
    coalesce(s.table_name, a.table_name) as table_name,
    s.row_count as staged_count,
    a.row_count as accounted_count
from brought as s
full outer join accounted as a
    on s.source_name = a.source_name and s.table_name = a.table_name and s.batch_id = a.batch_id
where s.row_count is distinct from a.row_count

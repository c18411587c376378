-- Staged + lines that landing rejected = accepted + rejected + repeated + superseded + orphaned, by
-- source, table and batch, in both directions.
-- If it breaks: a row is counted twice or by nobody in int_rows__checked or int_events__checked:
-- compare its batch in core.data_quality with the staging view.
with staged as (
    {%- for source_name, tables in source_tables().items() %}
    {%- for table_name in tables %}
    {%- set view = ref('stg_' ~ source_name ~ '__' ~ table_name) %}
    {%- if is_staged(view) %}
    select
        source_name,
        '{{ table_name }}' as table_name,
        batch_id,
        count(*) as row_count
    from {{ view }}
    group by source_name, batch_id
    union all
    {%- endif %}
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

{{ differences(
    'brought', 'accounted',
    by=['source_name', 'table_name', 'batch_id'],
    of=['row_count'],
) }}

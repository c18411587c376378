{#- What every row as it landed starts with: its place, its age, a hash to find copies by, and its text
    for whoever corrects the source. Of the source's columns, those in `unhashed` do not make two rows
    different, and those in `hidden` are not shown. A unit test knows no source, and has neither. -#}
{% macro landed_facts(source_name, table_name, hidden=[], unhashed=[]) -%}
    batch_id,
    landed_row,
    data_until,
    landed_at,
    {%- if is_running() %}
        {%- set facts = ['landed_row', 'data_until', 'landed_at'] %}
        {%- set columns = landed_columns(source_name, table_name) | reject('in', facts) | list %}
    {{ row_hash(columns | reject('in', unhashed) | list) }} as row_hash,
    {{ raw_values(columns | reject('in', hidden) | list) }} as raw_values
    {%- else %}
    cast(null as string) as row_hash,
    cast(null as string) as raw_values
    {%- endif %}
{%- endmacro %}

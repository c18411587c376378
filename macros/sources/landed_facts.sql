{#- What every row as it landed starts with: its place, its age, a hash to find copies by, and its text
    for whoever corrects the source. Of the source's columns, those in `unhashed` do not make two rows
    different, and those in `hidden` are not shown. `is_written` is for who hands the text on:
    `staged_facts` writes only that of rejected rows. A unit test knows no source, and has neither. -#}
{% macro landed_facts(source_name, table_name, hidden=[], unhashed=[], is_written=false) -%}
    batch_id,
    landed_row,
    data_until,
    landed_at,
    {%- if is_running() %}
        {%- set facts = ['landed_row', 'data_until', 'landed_at'] %}
        {%- set columns = landed_columns(source_name, table_name) | reject('in', facts) | list %}
    {{ row_hash(columns | reject('in', unhashed) | list) }} as row_hash,
    {%- set shown = columns | reject('in', hidden) | list %}
    {{ raw_values(shown) if is_written else unwritten_values(shown) }} as raw_values
    {%- else %}
    cast(null as bigint) as row_hash,
    cast(null as string) as raw_values
    {%- endif %}
{%- endmacro %}

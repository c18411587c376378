{#- What every row as it landed starts with: its place, its age, a hash to find copies by, and its text
    for whoever corrects the source, without the columns in `hidden`. -#}
{% macro landed_facts(columns, hidden=[]) -%}
    batch_id,
    landed_row,
    data_until,
    landed_at,
    {{ row_hash(columns) }} as row_hash,
    {{ raw_values(columns | reject('in', hidden) | list) }} as raw_values
{%- endmacro %}

{#- What landed batches of a table, {source: [numbers]}, hold: one row per (source_name, batch_id),
    with a text that changes when a row does, whatever becomes of the files. It reads them whole.
    Not of tables that are read where they stand: their stamp tells it. -#}
{% macro contents_of_batches(table_name, batches) -%}
    {%- for source_name, numbers in batches.items() if not reading(source_name, table_name) %}
    select
        '{{ source_name }}' as source_name,
        batch_id,
        concat_ws(' ', count(*), {{ content_sum(landed_columns(source_name, table_name) | list) }}) as content
    from {{ landed(source_name, table_name) }}
    where batch_id in ({{ numbers | join(', ') }})
    group by batch_id
    union all
    {%- endfor %}
    select
        cast(null as string) as source_name,
        cast(null as bigint) as batch_id,
        cast(null as string) as content
    where false
{%- endmacro %}

{#- What landed batches of a table hold, {source: [numbers]}, or all of them: one row per
    (source_name, batch_id), with a text that changes when a row does, whatever becomes of the files.
    It reads them whole. Not of tables that are read where they stand: their stamp tells it. -#}
{% macro contents_of_batches(table_name, batches=none) -%}
    {%- for source_name, tables in source_tables().items() if is_running() and table_name in tables and not reading(source_name, table_name) %}
    {%- if batches is none or source_name in batches %}
    select
        '{{ source_name }}' as source_name,
        batch_id,
        concat_ws(' ', count(*), {{ content_sum(landed_columns(source_name, table_name) | list) }}) as content
    from {{ landed(source_name, table_name) }}
    {% if batches is not none -%}
    where batch_id in ({{ batches[source_name] | join(', ') }})
    {% endif -%}
    group by batch_id
    union all
    {%- endif %}
    {%- endfor %}
    select
        cast(null as string) as source_name,
        cast(null as bigint) as batch_id,
        cast(null as string) as content
    where false
{%- endmacro %}

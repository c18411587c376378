{#- The rows of a table that stands in the warehouse, as a relation in the form in which files land.
    A row's number within its load follows from what it says: rows with one number in two builds are
    equal. The load is complete up to its own time. -#}
{% macro rows_read(source_name, table_name) -%}
    {%- set columns = landed_columns(source_name, table_name) | reject('in', ['landed_row', 'data_until', 'landed_at']) | list -%}
    (
        select
            {% for column in columns -%}
            {{ column }},
            {% endfor -%}
            cast(row_number() over (partition by batch_id order by md5({{ row_text(columns) }}), landed_at) as bigint) as landed_row,
            landed_at as data_until,
            landed_at,
            batch_id
        from ({{ rows_told(source_name, table_name) }})
    )
{%- endmacro %}

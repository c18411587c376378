{#- How a table is read where it stands in the warehouse; none where its files land. -#}
{% macro reading(source_name, table_name) -%}
    {{ return(read_tables().get(source_name, {}).get(table_name)) }}
{%- endmacro %}

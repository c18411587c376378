{#- Whether any batch of a table has landed, or stands in the warehouse. -#}
{% macro has_landed(source_name, table_name) -%}
    {%- if not is_running() -%}{{ return(false) }}{%- endif -%}
    {%- if reading(source_name, table_name) -%}{{ return(true) }}{%- endif -%}
    {%- set found = run_query("select count(*) from glob('" ~ landed_glob(source_name, table_name) ~ "')") -%}
    {{ return(found.rows[0][0] > 0) }}
{%- endmacro %}

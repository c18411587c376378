{#- The SQL that a view stands for in the warehouse. -#}
{% macro text_of_view(view) -%}
    {{ return(adapter.dispatch('text_of_view', 'stayhouse')(view)) }}
{%- endmacro %}

{% macro duckdb__text_of_view(view) -%}
    {%- set found = run_query(
        "select sql from duckdb_views() where database_name = current_database() and schema_name = '"
        ~ view.schema ~ "' and view_name = '" ~ view.identifier ~ "'"
    ).rows -%}
    {{ return(found[0][0] if found else '') }}
{%- endmacro %}

{% macro spark__text_of_view(view) -%}
    {{ return(run_query('show create table ' ~ view).rows[0][0]) }}
{%- endmacro %}

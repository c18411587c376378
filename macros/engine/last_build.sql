{#- What the warehouse says of the last build: state and inputs; none where it says nothing. Only
    queries are used: dbt's own look at the catalog begins a transaction that nothing ends inside a
    hook, so that what the hook writes would be lost. -#}
{% macro last_build() -%}
    {{ return(adapter.dispatch('last_build', 'stayhouse')()) }}
{%- endmacro %}

{% macro duckdb__last_build() -%}
    {%- set token = build_token() -%}
    {%- set found = run_query(
        'select 1 from information_schema.tables where table_catalog = current_database() '
        ~ "and table_schema = '" ~ token.schema ~ "' and table_name = '" ~ token.identifier ~ "'"
    ).rows -%}
    {%- if found -%}
        {{ return(run_query('select state, inputs from ' ~ token).rows[0]) }}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}

{#- Nothing is published from Spark, and no build notes there how it ended. -#}
{% macro spark__last_build() -%}
    {{ return(none) }}
{%- endmacro %}

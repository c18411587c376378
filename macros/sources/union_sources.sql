{#- The rows of one canonical table from every source that provides it, in canonical columns;
    typed and empty where no source does, so that what reads it is empty and never broken. -#}
{% macro union_sources(table_name) -%}
    {%- set columns = dict(landing_columns(), **canonical_columns(table_name)['columns']) -%}
    {%- set models = [] -%}
    {%- for source_name, tables in source_tables().items() if table_name in tables -%}
        {%- do models.append('stg_' ~ source_name ~ '__' ~ table_name) -%}
    {%- endfor -%}
    {%- for model in models -%}
    select
        {% for column in columns -%}
        {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% else -%}
    select
        {% for column, type in columns.items() -%}
        cast(null as {{ type }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    where false
    {%- endfor -%}
{%- endmacro %}

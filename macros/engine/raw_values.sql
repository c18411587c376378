{#- The named columns of a row as one JSON text, for whoever corrects the source. -#}
{% macro raw_values(columns) -%}
    {{ adapter.dispatch('raw_values', 'stayhouse')(columns) }}
{%- endmacro %}

{% macro duckdb__raw_values(columns) -%}
    cast(to_json({{ struct_of(columns) }}) as varchar)
{%- endmacro %}

{% macro spark__raw_values(columns) -%}
    to_json({{ struct_of(columns) }}, map('ignoreNullFields', 'false'))
{%- endmacro %}

{#- The nth element of an array, counted from 1. -#}
{% macro nth_of(values, n) -%}
    {{ adapter.dispatch('nth_of', 'stayhouse')(values, n) }}
{%- endmacro %}

{% macro duckdb__nth_of(values, n) -%}
    {{ values }}[{{ n }}]
{%- endmacro %}

{% macro spark__nth_of(values, n) -%}
    element_at({{ values }}, {{ n }})
{%- endmacro %}

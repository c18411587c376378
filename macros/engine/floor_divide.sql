{#- Integer division rounded down, for whole numbers of 0 or more. -#}
{% macro floor_divide(dividend, divisor) -%}
    {{ adapter.dispatch('floor_divide', 'stayhouse')(dividend, divisor) }}
{%- endmacro %}

{% macro duckdb__floor_divide(dividend, divisor) -%}
    (({{ dividend }}) // ({{ divisor }}))
{%- endmacro %}

{% macro spark__floor_divide(dividend, divisor) -%}
    (({{ dividend }}) div ({{ divisor }}))
{%- endmacro %}

{#- Whole days from one date to another (negative where the second is earlier). -#}
{% macro days_between(from_date, to_date) -%}
    {{ adapter.dispatch('days_between', 'stayhouse')(from_date, to_date) }}
{%- endmacro %}

{% macro duckdb__days_between(from_date, to_date) -%}
    datediff('day', {{ from_date }}, {{ to_date }})
{%- endmacro %}

{% macro spark__days_between(from_date, to_date) -%}
    datediff({{ to_date }}, {{ from_date }})
{%- endmacro %}

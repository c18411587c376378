{#- Whole numbers from 0 up to a column's value, both ends included, as rows (in a select list). -#}
{% macro numbers_up_to(last) -%}
    {{ adapter.dispatch('numbers_up_to', 'stayhouse')(last) }}
{%- endmacro %}

{% macro duckdb__numbers_up_to(last) -%}
    unnest(generate_series(0, {{ last }}))
{%- endmacro %}

{#- Its sequence runs down to a number below 0. -#}
{% macro spark__numbers_up_to(last) -%}
    explode(case when {{ last }} >= 0 then sequence(0, {{ last }}) end)
{%- endmacro %}

{#- Whole numbers from 0 up to a column's value, both ends included, as rows (in a select list). -#}
{% macro numbers_up_to(last) -%}
    {{ adapter.dispatch('numbers_up_to', 'stayhouse')(last) }}
{%- endmacro %}

{% macro duckdb__numbers_up_to(last) -%}
    unnest(generate_series(0, {{ last }}))
{%- endmacro %}

{#- Spark's sequence counts downwards to a last number below 0: no rows are wanted then. -#}
{% macro spark__numbers_up_to(last) -%}
    explode(case when {{ last }} >= 0 then sequence(0, {{ last }}) end)
{%- endmacro %}

{#- The named columns of a row, not yet as the JSON text that `written_values` makes of them: a fifth
    of an event's staging would go into the text of rows that nothing is wrong with. Spark writes
    only what is asked for anyway. -#}
{% macro unwritten_values(columns) -%}
    {{ adapter.dispatch('unwritten_values', 'stayhouse')(columns) }}
{%- endmacro %}

{% macro duckdb__unwritten_values(columns) -%}
    {{ struct_of(columns) }}
{%- endmacro %}

{% macro spark__unwritten_values(columns) -%}
    {{ raw_values(columns) }}
{%- endmacro %}

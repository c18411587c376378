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

{#- The same, not yet written as text: a fifth of an event's staging would go into the text of rows
    that nothing is wrong with. Spark writes only what is asked for anyway. -#}
{% macro unwritten_values(columns) -%}
    {{ adapter.dispatch('unwritten_values', 'stayhouse')(columns) }}
{%- endmacro %}

{% macro duckdb__unwritten_values(columns) -%}
    {{ struct_of(columns) }}
{%- endmacro %}

{% macro spark__unwritten_values(columns) -%}
    {{ raw_values(columns) }}
{%- endmacro %}

{#- Either of the two as text. -#}
{% macro written_values(values) -%}
    {{ adapter.dispatch('written_values', 'stayhouse')(values) }}
{%- endmacro %}

{% macro duckdb__written_values(values) -%}
    cast(cast({{ values }} as json) as varchar)
{%- endmacro %}

{% macro spark__written_values(values) -%}
    {{ values }}
{%- endmacro %}

{#- What `unwritten_values` or `raw_values` returned, as text. -#}
{% macro written_values(values) -%}
    {{ adapter.dispatch('written_values', 'stayhouse')(values) }}
{%- endmacro %}

{% macro duckdb__written_values(values) -%}
    cast(cast({{ values }} as json) as varchar)
{%- endmacro %}

{% macro spark__written_values(values) -%}
    {{ values }}
{%- endmacro %}

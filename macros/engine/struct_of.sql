{#- The named columns of a row as one value; two such values compare column by column. -#}
{% macro struct_of(columns) -%}
    {{ adapter.dispatch('struct_of', 'stayhouse')(columns) }}
{%- endmacro %}

{% macro duckdb__struct_of(columns) -%}
    { {%- for c in columns -%} '{{ c }}': {{ c }}{{ ', ' if not loop.last }} {%- endfor -%} }
{%- endmacro %}

{% macro spark__struct_of(columns) -%}
    named_struct({% for c in columns %}'{{ c }}', {{ c }}{{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

{#- A text as SQL says it; null for none. -#}
{% macro text_literal(value) -%}
    {%- set is_missing = value is none or value is undefined -%}
    {{ 'null' if is_missing else adapter.dispatch('text_literal', 'stayhouse')(value | string) }}
{%- endmacro %}

{% macro duckdb__text_literal(value) -%}
    '{{ value | replace("'", "''") }}'
{%- endmacro %}

{#- A backslash is an escape in Spark's literals. -#}
{% macro spark__text_literal(value) -%}
    '{{ value | replace('\\', '\\\\') | replace("'", "\\'") }}'
{%- endmacro %}

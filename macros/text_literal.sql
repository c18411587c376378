{#- A text as SQL says it; null for none. -#}
{% macro text_literal(value) -%}
    {{ 'null' if value is none or value is undefined else dbt.string_literal(dbt.escape_single_quotes(value | string)) }}
{%- endmacro %}

{#- A hash of landed text columns: equal rows are copies of each other. Only text as it landed is
    hashed, since engines write a timestamp or a decimal back in different forms. -#}
{% macro row_hash(columns) -%}
    {{ text_key(row_text(columns)) }}
{%- endmacro %}

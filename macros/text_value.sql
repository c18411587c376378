{#- Landed text without surrounding blanks; an empty one is null. -#}
{% macro text_value(text) -%}
    nullif(trim({{ text }}), '')
{%- endmacro %}

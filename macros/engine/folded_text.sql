{#- A text in lower case without blanks around it, those inside as one space each; an empty one is
    null. -#}
{% macro folded_text(text) -%}
    nullif(trim({{ adapter.dispatch('folded_text', 'stayhouse')(text) }}), '')
{%- endmacro %}

{% macro duckdb__folded_text(text) -%}
    regexp_replace(lower({{ text }}), '[[:space:]]+', ' ', 'g')
{%- endmacro %}

{% macro spark__folded_text(text) -%}
    regexp_replace(lower({{ text }}), '[ \\t\\n\\x0B\\f\\r]+', ' ')
{%- endmacro %}

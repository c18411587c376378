{#- The text that bytes spell in UTF-8. -#}
{% macro text_of_bytes(bytes) -%}
    {{ adapter.dispatch('text_of_bytes', 'stayhouse')(bytes) }}
{%- endmacro %}

{% macro duckdb__text_of_bytes(bytes) -%}
    decode(cast({{ bytes }} as blob))
{%- endmacro %}

{% macro spark__text_of_bytes(bytes) -%}
    decode({{ bytes }}, 'UTF-8')
{%- endmacro %}

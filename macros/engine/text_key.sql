{#- A text as a 64-bit number: where to look for a text among very many, not what it is. The number
    stays in stored tables, so it must be the same in every version of the engine. -#}
{% macro text_key(text) -%}
    {{ adapter.dispatch('text_key', 'stayhouse')(text) }}
{%- endmacro %}

{% macro duckdb__text_key(text) -%}
    md5_number_lower({{ text }})
{%- endmacro %}

{% macro spark__text_key(text) -%}
    cast(conv(right(md5({{ text }}), 16), 16, 10) as decimal(20, 0))
{%- endmacro %}

{#- A text as a 64-bit number: where to look for a text among very many, not what it is. The number
    stays in stored tables, so it must be the same in every engine and version of it. -#}
{% macro text_key(text) -%}
    {{ adapter.dispatch('text_key', 'stayhouse')(text) }}
{%- endmacro %}

{% macro duckdb__text_key(text) -%}
    md5_number_lower({{ text }})
{%- endmacro %}

{#- DuckDB takes the last byte for the highest one. -#}
{% macro spark__text_key(text) -%}
    cast(
        conv(regexp_replace(reverse(right(md5({{ text }}), 16)), '(.)(.)', '$2$1'), 16, 10)
        as decimal(20, 0)
    )
{%- endmacro %}

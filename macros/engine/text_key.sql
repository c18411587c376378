{#- A 64-bit hash of a text, to look it up among very many; two texts may share one, so the texts
    are compared as well. Stored tables keep the number, so every engine, in every version of it,
    must give the same. -#}
{% macro text_key(text) -%}
    {{ adapter.dispatch('text_key', 'stayhouse')(text) }}
{%- endmacro %}

{% macro duckdb__text_key(text) -%}
    md5_number_lower({{ text }})
{%- endmacro %}

{#- DuckDB reads the bytes of the hash from the last to the first (little-endian). -#}
{% macro spark__text_key(text) -%}
    cast(
        conv(regexp_replace(reverse(right(md5({{ text }}), 16)), '(.)(.)', '$2$1'), 16, 10)
        as decimal(20, 0)
    )
{%- endmacro %}

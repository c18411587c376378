{#- A hash of a text in 63 bits, a bigint that is never negative: to look a text up among very many,
    or to see whether two rows say the same. Stored tables keep the number, so every engine, in
    every version of it, must give the same. -#}
{% macro text_key(text) -%}
    {{ adapter.dispatch('text_key', 'stayhouse')(text) }}
{%- endmacro %}

{#- The number whole and shifted: DuckDB's `md5_number_lower` costs four times as much. -#}
{% macro duckdb__text_key(text) -%}
    cast(md5_number({{ text }}) >> 65 as bigint)
{%- endmacro %}

{#- DuckDB reads the bytes of the hash from the last to the first (little-endian). -#}
{% macro spark__text_key(text) -%}
    shiftrightunsigned(
        cast(
            conv(regexp_replace(reverse(right(md5({{ text }}), 16)), '(.)(.)', '$2$1'), 16, -10)
            as bigint
        ),
        1
    )
{%- endmacro %}

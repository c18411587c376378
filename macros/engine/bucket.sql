{#- The bucket of a unit under a salt, 0 to 9999: the first 8 hex digits of md5(salt|unit) as a whole
    number, modulo 10000; null without a unit. Whoever assigns by hash, in any language, gets the
    same number. -#}
{% macro bucket(salt, unit) -%}
    ({{ adapter.dispatch('bucket', 'stayhouse')("substring(md5(" ~ salt ~ " || '|' || " ~ unit ~ "), 1, 8)") }} % 10000)
{%- endmacro %}

{% macro duckdb__bucket(hex_digits) -%}
    cast('0x' || {{ hex_digits }} as bigint)
{%- endmacro %}

{% macro spark__bucket(hex_digits) -%}
    cast(conv({{ hex_digits }}, 16, 10) as bigint)
{%- endmacro %}

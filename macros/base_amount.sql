{#- An amount in the base currency, rounded once. The amount is widened first, since DuckDB
    multiplies two 64-bit decimals in 64 bits, and a million times a rate overflows. 20 digits
    before the point hold the sum of ten million lines of 1e12, which a cancellation may be; the
    product has 26. -#}
{% macro base_amount(native_amount, rate) -%}
    cast(round(cast({{ native_amount }} as decimal(24, 4)) * {{ rate }}, 4) as decimal(38, 4))
{%- endmacro %}

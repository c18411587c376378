{#- Price times quantity, rounded once to the ledger's four decimals; null beyond all bounds. Neither
    factor overflows: a price has at most 13 digits before the point, a quantity at most 8. -#}
{% macro line_amount(unit_price, quantity) -%}
    try_cast(round({{ unit_price }} * try_cast({{ quantity }} as decimal(8, 0)), 4) as decimal(18, 4))
{%- endmacro %}

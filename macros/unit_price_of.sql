{#- The price of one piece, to be shown: as it came, else the line's amount over its quantity. Nothing
    multiplies it back. -#}
{% macro unit_price_of(unit_price, amount, quantity) -%}
    coalesce({{ unit_price }}, try_cast({{ amount }} / nullif({{ quantity }}, 0) as decimal(21, 8)))
{%- endmacro %}

{#- The largest amount or price of a row, in its own currency. Sums and amounts in the base currency
    have room beyond it. -#}
{% macro largest_amount() -%}
    1000000000000
{%- endmacro %}

{#- Whether an order that has lines in several currencies was given back as a whole: what is left of
    it in the base currency is at most a twentieth of what was sold, which is as far as the rates of
    two days and a bank's own rate lie apart. -#}
{% macro is_all_back(left_amount, sold_amount) -%}
    {{ left_amount }} <= 0.05 * {{ sold_amount }}
{%- endmacro %}

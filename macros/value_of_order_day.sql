{#- E[M] of the Gamma-Gamma model: what an order day of a person brings, by those after their first
    (docs/definitions.md, section 7); `fit` and `person` are aliases of a row of ml_value_fits and
    one of int_value__people. The shrunken mean is the same form. -#}
{% macro value_of_order_day(fit, person) -%}
    {{ fit }}.p * greatest({{ fit }}.v + cast({{ person }}.repeat_net_sales as double), 0)
    / ({{ fit }}.p * {{ person }}.repeat_count + {{ fit }}.q - 1)
{%- endmacro %}

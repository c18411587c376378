{#- Whether an order is of the kind that churn is about: var `churn_order_kind`. -#}
{% macro is_churn_order(is_net_order) -%}
    ({{ setting('churn_order_kind') }} = 'order' or {{ is_net_order }})
{%- endmacro %}

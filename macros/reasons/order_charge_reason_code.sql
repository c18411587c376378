{#- Why an order's charge is rejected: the first reason that applies, else null. -#}
{% macro order_charge_reason_code() -%}
    case
        when order_id is null then 'missing_order_id'
        when kind is null or kind not in ('tax', 'shipping', 'gift_card') then 'unknown_kind'
        when amount is null then 'invalid_amount'
    end
{%- endmacro %}

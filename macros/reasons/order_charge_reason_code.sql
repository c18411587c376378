{#- Why an order's charge is rejected: the first reason that applies, else null. Expects
    raw_amount as landed. -#}
{% macro order_charge_reason_code() -%}
    case
        when order_id is null then 'missing_order_id'
        when kind is null or kind not in ('tax', 'shipping', 'gift_card') then 'unknown_kind'
        when amount is null then {{ amount_reason_code('raw_amount', 'invalid_amount') }}
    end
{%- endmacro %}

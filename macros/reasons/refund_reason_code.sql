{#- Why a refund is rejected: the first reason that applies, else null. Expects raw_quantity and
    raw_amount as landed. -#}
{% macro refund_reason_code() -%}
    case
        when refund_id is null then 'missing_refund_id'
        when raw_quantity is not null and quantity is null
            then {{ quantity_reason_code('raw_quantity') }}
        when quantity not between -{{ largest_quantity() }} and {{ largest_quantity() }}
            then 'quantity_out_of_range'
        when amount is null then {{ amount_reason_code('raw_amount', 'invalid_amount') }}
        when amount <= 0 then 'invalid_amount'
        when amount > {{ largest_amount() }} then 'amount_out_of_range'
        when refunded_at is null or refunded_at < timestamp '2000-01-01 00:00:00'
            then 'invalid_refunded_at'
        when refunded_at > data_until then 'refunded_after_data_until'
        when not {{ is_known_currency('currency') }} then 'unknown_currency'
    end
{%- endmacro %}

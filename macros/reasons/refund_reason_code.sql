{#- Why a refund is rejected: the first reason that applies, else null. -#}
{% macro refund_reason_code() -%}
    case
        when refund_id is null then 'missing_refund_id'
        when amount is null or amount <= 0 then 'invalid_amount'
        when refunded_at is null or refunded_at < timestamp '2000-01-01 00:00:00'
            then 'invalid_refunded_at'
        when refunded_at > data_until then 'refunded_after_data_until'
        when not {{ is_known_currency('currency') }} then 'unknown_currency'
    end
{%- endmacro %}

{#- Why an order is rejected: the first reason that applies, else null. -#}
{% macro order_reason_code() -%}
    case
        when order_id is null then 'missing_order_id'
        when ordered_at is null or ordered_at < timestamp '2000-01-01 00:00:00'
            then 'invalid_ordered_at'
        when ordered_at > data_until then 'ordered_after_data_until'
        when
            status is null
            or status not in ('placed', 'paid', 'shipped', 'delivered', 'cancelled')
            then 'unknown_status'
        when not {{ is_known_currency('currency') }} then 'unknown_currency'
    end
{%- endmacro %}

{#- Why an order is rejected: the first reason that applies, else null. Expects raw_discount as
    landed. `first_day`: an earlier instant comes from a clock that was never set. -#}
{% macro order_reason_code(first_day='2000-01-01') -%}
    case
        when order_id is null then 'missing_order_id'
        when ordered_at is null or ordered_at < timestamp '{{ first_day }} 00:00:00'
            then 'invalid_ordered_at'
        when ordered_at > data_until then 'ordered_after_data_until'
        when
            status is null
            or status not in ('placed', 'paid', 'shipped', 'delivered', 'cancelled')
            then 'unknown_status'
        when not {{ is_known_currency('currency') }} then 'unknown_currency'
        when raw_discount is not null and discount is null
            then {{ amount_reason_code('raw_discount', 'invalid_discount') }}
        when discount < 0 then 'invalid_discount'
    end
{%- endmacro %}

{#- Why an event is rejected: the first reason that applies, else null. -#}
{% macro event_reason_code() -%}
    case
        when event_id is null then 'missing_event_id'
        when
            event_type is null
            or event_type not in (select t.event_type from {{ ref('event_types') }} as t)
            then 'unknown_event_type'
        when occurred_at is null or occurred_at < timestamp '2000-01-01 00:00:00'
            then 'invalid_occurred_at'
        when occurred_at > received_at then 'occurred_after_received'
        when occurred_at > data_until then 'occurred_after_data_until'
        when visitor_id is null and customer_id is null then 'missing_actor'
        when quantity < 0 then 'invalid_quantity'
        when price < 0 then 'negative_price'
    end
{%- endmacro %}

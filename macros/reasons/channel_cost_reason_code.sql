{#- Why a channel's cost of a day is rejected: the first reason that applies, else null. -#}
{% macro channel_cost_reason_code() -%}
    case
        when channel is null then 'missing_channel'
        when day is null then 'invalid_day'
        when cost is null or cost < 0 then 'invalid_cost'
        when not {{ is_known_currency('currency') }} then 'unknown_currency'
    end
{%- endmacro %}

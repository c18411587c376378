{#- Why a request for erasure is rejected: the first reason that applies, else null. -#}
{% macro erasure_request_reason_code() -%}
    case
        when customer_id is null then 'missing_customer_id'
        when requested_at is null then 'invalid_requested_at'
    end
{%- endmacro %}

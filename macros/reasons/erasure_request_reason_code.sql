{#- Why a request for erasure is rejected: the first reason that applies, else null. -#}
{% macro erasure_request_reason_code() -%}
    case
        when customer_id is null and email_hash is null then 'missing_customer_id'
        when customer_id is not null and email_hash is not null then 'customer_and_email'
        when requested_at is null then 'invalid_requested_at'
    end
{%- endmacro %}

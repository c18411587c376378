{#- Why a customer is rejected: the first reason that applies, else null. -#}
{% macro customer_reason_code() -%}
    case
        when customer_id is null then 'missing_customer_id'
    end
{%- endmacro %}

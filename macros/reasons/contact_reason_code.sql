{#- Why a message to a person is rejected: the first reason that applies, else null. -#}
{% macro contact_reason_code() -%}
    case
        when contact_id is null then 'missing_contact_id'
        when campaign_id is null then 'missing_campaign_id'
        when customer_id is null then 'missing_customer_id'
        when sent_at is null or sent_at < timestamp '2000-01-01 00:00:00' then 'invalid_sent_at'
        when sent_at > data_until then 'sent_after_data_until'
        when cost < 0 then 'invalid_cost'
    end
{%- endmacro %}

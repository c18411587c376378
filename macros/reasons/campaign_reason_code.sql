{#- Why a campaign is rejected: the first reason that applies, else null. -#}
{% macro campaign_reason_code() -%}
    case
        when campaign_id is null then 'missing_campaign_id'
        when starts_at is null then 'invalid_starts_at'
    end
{%- endmacro %}

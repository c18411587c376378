{#- Why an exposure is rejected: the first reason that applies, else null. -#}
{% macro exposure_reason_code() -%}
    case
        when experiment_id is null then 'missing_experiment_id'
        when arm is null then 'missing_arm'
        when unit_id is null then 'missing_unit_id'
        when exposed_at is null or exposed_at < timestamp '2000-01-01 00:00:00'
            then 'invalid_exposed_at'
        when exposed_at > data_until then 'exposed_after_data_until'
    end
{%- endmacro %}

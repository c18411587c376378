{#- Why an arm of an experiment's plan is rejected: the first reason that applies, else null. -#}
{% macro experiment_reason_code() -%}
    case
        when experiment_id is null then 'missing_experiment_id'
        when arm is null then 'missing_arm'
        when weight is null or weight < 0 then 'invalid_weight'
        when unit_kind is null or unit_kind not in ('customer', 'visitor') then 'unknown_unit_kind'
        when starts_at is null then 'invalid_starts_at'
    end
{%- endmacro %}

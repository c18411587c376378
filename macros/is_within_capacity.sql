{#- Whether a person is one of the riskiest share of those scored that the shop can contact (var
    churn_capacity): never more of them than that, so of equal probabilities the lower person_id is
    taken. Null where the var is not set. For rows of a classifier, split and person. -#}
{% macro is_within_capacity() -%}
    row_number() over (
        partition by classifier, split
        order by churn_probability desc, person_id asc
    ) <= {{ setting('churn_capacity') }} * count(*) over (partition by classifier, split)
{%- endmacro %}

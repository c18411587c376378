-- What the columns of customer_snapshots mean, out of their YAML. What classifiers read and has no
-- family stops the build with one sentence: nobody could say it as a reason.
{%- set features = snapshot_features() %}
{%- if is_running() %}
    {%- set classifiers = graph.nodes['model.' ~ project_name ~ '.ml_churn_classifiers'] %}
    {%- for name in classifiers.config.meta.features or [] %}
        {%- if name not in features | map(attribute='name') | list %}
            {{- exceptions.raise_compiler_error(
                "models/features/customer_snapshots.yml: the feature '" ~ name ~ "' has no family: "
                ~ "add config {meta: {family: ..., unit: ...}} to its column, or take it off "
                ~ "python_models/churn/ml_churn_classifiers.yml."
            ) }}
        {%- endif %}
    {%- endfor %}
{%- endif %}
with final as (
    {%- for feature in features %}
    select
        '{{ feature.name }}' as feature,
        '{{ feature.family }}' as family,
        '{{ feature.unit }}' as unit
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select * from final

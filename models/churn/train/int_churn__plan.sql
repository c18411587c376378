-- What the YAML of ml_churn_classifiers asks for, as a table: who fits its classifiers once more
-- reads it here, since a Python model sees its own YAML only.
-- depends_on: {{ ref('ml_churn_classifiers') }}
{%- set meta = meta_of('ml_churn_classifiers') %}
with final as (
    select
        {{ text_literal(tojson(meta.get('classifiers', {}))) }} as classifiers,
        {{ text_literal(tojson(meta.get('limits', {}))) }} as limits
)

select * from final

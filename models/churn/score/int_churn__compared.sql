-- What is watched for drift, as counts of equal values: every feature of the snapshots and every
-- classifier's probability, by the time it is of. Features begin with the training
-- cut-offs; probabilities with validation, the first cut-off that no classifier had learned from.
with customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
    where split in ('train', 'test', 'today')
),

ml_churn_probabilities as (
    select * from {{ ref('ml_churn_probabilities') }}
),

churn_readiness as (
    select * from {{ ref('churn_readiness') }}
),

snapshots as (
    select s.*
    from customer_snapshots as s
    cross join churn_readiness as r
    where r.is_ready
),

final as (
    select
        'score' as subject_kind,
        cast(classifier as string) as subject,
        cast(split as string) as split,
        split = 'validation' as is_baseline,
        cast(churn_probability as double) as observed_value,
        count(*) as row_count
    from ml_churn_probabilities
    group by classifier, split, churn_probability
    {%- for feature in snapshot_features() %}
    union all
    select
        'feature' as subject_kind,
        '{{ feature.name }}' as subject,
        split,
        split = 'train' as is_baseline,
        cast({{
            'cast(' ~ feature.name ~ ' as integer)' if feature.type == 'boolean' else feature.name
        }} as double) as observed_value,
        count(*) as row_count
    from snapshots
    group by split, {{ feature.name }}
    {%- endfor %}
)

select * from final

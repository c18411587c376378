-- Which features each fit read, and why it left the others out.
with ml_churn_classifiers as (
    select * from {{ ref('ml_churn_classifiers') }}
),

chosen as (
    select
        classifier,
        stage,
        {{ rows_in_json(
            'cast(selection as string)',
            {'feature': 'varchar', 'is_kept': 'boolean', 'reason': 'varchar'}
        ) }}
    from ml_churn_classifiers
),

final as (
    select
        cast(classifier as string) as classifier,
        cast(stage as string) as stage,
        feature,
        reason,
        is_kept
    from chosen
)

select * from final

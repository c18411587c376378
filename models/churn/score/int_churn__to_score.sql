-- The snapshots that classifiers are applied to: validation, test and today.
with customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
),

churn_readiness as (
    select * from {{ ref('churn_readiness') }}
),

final as (
    select s.*
    from customer_snapshots as s
    cross join churn_readiness
    where s.split in ('validation', 'test', 'today') and churn_readiness.is_ready
)

select * from final

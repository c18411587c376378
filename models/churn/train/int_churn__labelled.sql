-- Every snapshot with its outcome; none where the history does not carry a model.
with customer_snapshots as (
    select * from {{ ref('customer_snapshots') }}
),

churn_labels as (
    select * from {{ ref('churn_labels') }}
),

churn_readiness as (
    select * from {{ ref('churn_readiness') }}
),

final as (
    select
        s.*,
        l.has_churned
    from customer_snapshots as s
    inner join churn_labels as l
        on s.person_id = l.person_id and s.cut_off_at = l.cut_off_at
    cross join churn_readiness
    where not l.is_censored and churn_readiness.is_ready
)

select * from final

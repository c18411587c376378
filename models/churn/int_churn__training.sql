-- Every snapshot whose outcome is known by the test cut-off, with its label; none where the history
-- does not carry a model. `train` rows are what validation is judged on, all rows what test is.
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
    where s.split in ('train', 'refit', 'validation') and churn_readiness.is_ready
)

select * from final

-- Probabilities beside what happened, for the cut-offs whose outcome is known.
with ml_churn_probabilities as (
    select * from {{ ref('ml_churn_probabilities') }}
),

churn_labels as (
    select * from {{ ref('churn_labels') }}
),

final as (
    select
        p.classifier,
        p.split,
        p.person_id,
        l.horizon_days,
        p.churn_probability,
        l.has_churned,
        l.cut_off_date
    from ml_churn_probabilities as p
    inner join churn_labels as l
        on p.person_id = l.person_id and p.cut_off_at = l.cut_off_at
    where p.split in ('validation', 'test') and not l.is_censored
)

select * from final

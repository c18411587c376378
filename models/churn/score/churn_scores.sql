-- Today's probability of no order within the horizon, by every classifier; the champion is marked.
with ml_churn_probabilities as (
    select * from {{ ref('ml_churn_probabilities') }}
),

churn_champion as (
    select * from {{ ref('churn_champion') }}
),

churn_readiness as (
    select * from {{ ref('churn_readiness') }}
),

final as (
    select
        cast(p.person_id as string) as person_id,
        cast(p.classifier as string) as classifier,
        case
            when p.churn_probability >= {{ setting('risk_band_high') }} then 'high'
            when p.churn_probability >= {{ setting('risk_band_medium') }} then 'medium'
            else 'low'
        end as risk_band,
        r.horizon_days,
        cast(p.churn_probability as double) as churn_probability,
        coalesce(c.is_champion, false) as is_champion,
        r.as_of_date
    from ml_churn_probabilities as p
    cross join churn_readiness as r
    left join churn_champion as c
        on p.classifier = c.classifier
    where p.split = 'today'
)

select * from final

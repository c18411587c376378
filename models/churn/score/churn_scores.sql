-- Today's probability of no order within the horizon, by every classifier; the champion is marked.
with ml_churn_probabilities as (
    select * from {{ ref('ml_churn_probabilities') }}
    where split = 'today'
),

churn_champion as (
    select * from {{ ref('churn_champion') }}
),

churn_readiness as (
    select * from {{ ref('churn_readiness') }}
),

ranked as (
    select
        *,
        {{ is_within_capacity() }} as is_within_capacity
    from ml_churn_probabilities
),

final as (
    select
        cast(p.person_id as string) as person_id,
        cast(p.classifier as string) as classifier,
        case
            -- Where the capacity is not known the probability decides.
            when
                coalesce(
                    p.is_within_capacity,
                    p.churn_probability >= {{ setting('risk_band_high') }}
                )
                then 'high'
            when p.churn_probability >= {{ setting('risk_band_medium') }} then 'medium'
            else 'low'
        end as risk_band,
        r.horizon_days,
        cast(p.churn_probability as double) as churn_probability,
        coalesce(c.is_champion, false) as is_champion,
        r.as_of_date
    from ranked as p
    cross join churn_readiness as r
    left join churn_champion as c
        on p.classifier = c.classifier
)

select * from final

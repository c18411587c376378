-- Fifty customers to look at this week: they bought often or much, the champion says that they are
-- about to leave, and they may be contacted. A list for a person to read; whether a letter helps,
-- only a control tells.
with churn_scores as (
    select * from {{ ref('churn_scores') }}
    where is_champion
),

rfm_segments as (
    select * from {{ ref('rfm_segments') }}
),

customers as (
    select * from {{ ref('customers') }}
),

final as (
    select
        r.person_id,
        r.segment,
        s.risk_band,
        r.recency_days,
        r.order_count,
        r.net_sales,
        s.churn_probability
    from rfm_segments as r
    inner join churn_scores as s
        on r.person_id = s.person_id
    inner join customers as c
        on r.person_id = c.person_id
    where
        c.has_marketing_consent
        and s.risk_band in ('high', 'medium')
        and (r.frequency_score >= 3 or r.monetary_score = 5)
)

select * from final
-- What is at stake: what they brought, times how likely it is that they bring no more.
order by net_sales * churn_probability desc, person_id asc
limit 50

-- Why a customer's score is what it is: the three families of features that move it most.
with int_churn__reasons as (
    select * from {{ ref('int_churn__reasons') }}
),

ml_churn_reason_texts as (
    select * from {{ ref('ml_churn_reason_texts') }}
),

churn_champion as (
    select * from {{ ref('churn_champion') }}
    where is_champion
),

churn_readiness as (
    select * from {{ ref('churn_readiness') }}
),

final as (
    select
        r.person_id,
        r.classifier as explained_classifier,
        r.family,
        r.feature,
        r.direction,
        cast(t.reason_en as string) as reason_en,
        cast(t.reason_zh as string) as reason_zh,
        r.reason_rank,
        r.contribution,
        r.feature_value,
        c.classifier is not null as is_champion,
        d.as_of_date
    from int_churn__reasons as r
    inner join ml_churn_reason_texts as t
        on r.person_id = cast(t.person_id as string) and r.reason_rank = t.reason_rank
    left join churn_champion as c
        on r.classifier = c.classifier
    cross join churn_readiness as d
)

select * from final

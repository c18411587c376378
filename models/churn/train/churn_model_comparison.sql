-- Every classifier that is known, whether it was fitted or not: an absent one has no row in the
-- evaluation, and says here why.
with churn_classifiers as (
    select * from {{ ref('churn_classifiers') }}
),

ml_churn_model_comparison as (
    select * from {{ ref('ml_churn_model_comparison') }}
),

churn_readiness as (
    select * from {{ ref('churn_readiness') }}
),

final as (
    select
        cast(c.classifier as string) as classifier,
        cast(
            case
                when l.is_fitted then null
                when not r.is_ready then r.reason
                else l.reason
            end as string
        ) as reason,
        cast(c.simplicity as bigint) as simplicity,
        cast(l.is_fitted as boolean) as is_fitted,
        cast(l.fitted_as_of_date as date) as fitted_as_of_date
    from churn_classifiers as c
    inner join ml_churn_model_comparison as l
        on c.classifier = l.classifier
    cross join churn_readiness as r
)

select * from final

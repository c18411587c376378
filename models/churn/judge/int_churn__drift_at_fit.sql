-- How far the scores had drifted when all was fitted: what a fit has left adrift, the same fit a
-- night later will not mend. Only drift that came after it asks for another one.
with churn_drift as (
    select * from {{ ref('churn_drift') }}
),

final as (
    select
        subject as classifier,
        drift_band,
        psi
    from churn_drift
    where subject_kind = 'score' and compared_split = 'today'
)

select * from final

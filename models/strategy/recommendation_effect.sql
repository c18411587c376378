-- What recommendations are worth: the result of the experiment that var `recommendation_experiment`
-- names, whose arm `recommended` was shown lists and whose `control` was not. Nothing is told from
-- who clicked: whoever clicks would have bought anyway.
with experiment_results as (
    select * from {{ ref('experiment_results') }}
    where
        experiment_id = {{ setting('recommendation_experiment') }}
        and arm = 'recommended'
        and control_arm = 'control'
        and segment_kind = 'all'
),

clock as (
    select
        as_of_at,
        {{ setting('recommendation_experiment') }} as experiment_id
    from {{ ref('clock') }}
),

final as (
    select
        r.source_name,
        k.experiment_id,
        r.metric,
        case
            when k.experiment_id is null then 'not_known'
            when r.experiment_id is null then 'no_such_result'
            else r.verdict_code
        end as verdict_code,
        r.withheld_reason,
        r.unit_count,
        r.control_unit_count,
        r.arm_mean,
        r.control_mean,
        r.effect,
        r.effect_low,
        r.effect_high,
        coalesce(r.is_primary, false) as is_primary,
        coalesce(r.is_running, false) as is_running,
        cast(k.as_of_at as date) as as_of_date
    from clock as k
    left join experiment_results as r
        on k.experiment_id = r.experiment_id
)

select * from final

-- What recommendations are worth: the result of the experiment that var `recommendation_experiment`
-- names, whose arm `recommended` was shown lists and whose `control` was not. Nothing is told from
-- who clicked: whoever clicks would have bought anyway.
with experiments as (
    select
        source_name,
        arm,
        lower(trim(arm)) as arm_key
    from {{ ref('experiments') }}
    where experiment_id = {{ setting('recommendation_experiment') }}
),

experiment_results as (
    select * from {{ ref('experiment_results') }}
    where
        experiment_id = {{ setting('recommendation_experiment') }}
        and lower(trim(arm)) = 'recommended'
        and lower(trim(control_arm)) = 'control'
        and segment_kind = 'all'
),

clock as (
    select
        as_of_at,
        {{ setting('recommendation_experiment') }} as experiment_id
    from {{ ref('clock') }}
),

-- Both arms have to be of one source: two halves of two plans are no experiment.
plans as (
    select
        source_name,
        count(distinct case when arm_key in ('recommended', 'control') then arm_key end) = 2
            as has_arms
    from experiments
    group by source_name
),

known as (
    select
        count(*) > 0 as is_planned,
        coalesce(max(case when has_arms then 1 else 0 end), 0) = 1 as has_arms
    from plans
),

arms as (
    select distinct arm from experiments
),

found as (
    select {{ joined_words('arm') }} as arms_found
    from arms
),

final as (
    select
        r.source_name,
        k.experiment_id,
        r.metric,
        case
            when k.experiment_id is null then 'not_known'
            when r.experiment_id is not null then r.verdict_code
            when not p.is_planned then 'no_such_experiment'
            when not p.has_arms then 'no_such_arms'
            else 'no_result_yet'
        end as verdict_code,
        case when p.is_planned and not p.has_arms then f.arms_found end as arms_found,
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
    cross join known as p
    cross join found as f
    left join experiment_results as r
        on k.experiment_id = r.experiment_id
)

select * from final

-- No more units are eligible than there are, what is withheld has no effect, what is not has an
-- order: low, effect, high; adjusting makes no p-value smaller, and parts hold the units of all.
-- If it breaks: look at models/experiments/experiment_results.sql and int_experiment__sums.sql.
with experiment_results as (
    select * from {{ ref('experiment_results') }}
),

parts as (
    select
        source_name,
        experiment_id,
        metric,
        arm,
        segment_kind,
        sum(unit_count) as unit_count,
        sum(eligible_count) as eligible_count
    from experiment_results
    group by source_name, experiment_id, metric, arm, segment_kind
),

uneven as (
    select
        a.source_name,
        a.experiment_id,
        a.metric,
        p.segment_kind,
        a.arm
    from experiment_results as a
    inner join parts as p
        on
            a.source_name = p.source_name
            and a.experiment_id = p.experiment_id
            and a.metric = p.metric
            and a.arm = p.arm
    where
        a.segment_kind = 'all'
        and (a.unit_count <> p.unit_count or a.eligible_count <> p.eligible_count)
)

select
    source_name,
    experiment_id,
    metric,
    segment_kind,
    arm
from experiment_results
where
    eligible_count > unit_count
    or control_eligible_count > control_unit_count
    or (withheld_reason is null) <> (verdict_code not in ('withheld', 'too_young'))
    or (
        withheld_reason is not null
        and coalesce(effect, effect_low, p_value, cuped_effect) is not null
    )
    or not (effect_low <= effect and effect <= effect_high)
    or not (sequential_low <= effect_low and effect_high <= sequential_high)
    or p_adjusted < p_value - 0.000000001
    or variance_ratio not between 0 and 1.000000001
union all
select
    source_name,
    experiment_id,
    metric,
    segment_kind,
    arm
from uneven

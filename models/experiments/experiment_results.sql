-- What each arm is above its control, by metric and segment, and what that says.
{%- set figures = [
    'control_mean', 'arm_mean', 'effect', 'effect_low', 'effect_high', 'sequential_low',
    'sequential_high', 'relative_lift', 'relative_lift_low', 'relative_lift_high', 'p_value',
    'p_adjusted', 'cuped_effect', 'cuped_low', 'cuped_high', 'variance_ratio',
] %}
with ml_experiment_results as (
    select * from {{ ref('ml_experiment_results') }}
),

int_experiment__sums as (
    select * from {{ ref('int_experiment__sums') }}
),

experiment_health as (
    select * from {{ ref('experiment_health') }}
),

experiments as (
    select * from {{ ref('experiments') }}
),

experiment_metrics as (
    select * from {{ ref('experiment_metrics') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- What withholds the most: a lost arm before what is counted in the arms that are left.
withheld as (
    select
        source_name,
        experiment_id,
        case
            when max(case when check_code = 'unknown_metric' then 1 else 0 end) = 1
                then 'unknown_metric'
            when max(case when check_code = 'lost_arm' then 1 else 0 end) = 1 then 'lost_arm'
            when max(case when check_code = 'empty_arm' then 1 else 0 end) = 1 then 'empty_arm'
            {%- for code in ['unknown_unit', 'before_start', 'after_end'] %}
            when max(case when check_code = '{{ code }}' then 1 else 0 end) = 1 then '{{ code }}'
            {%- endfor %}
            else 'sample_ratio'
        end as reason
    from experiment_health
    where is_withholding
    group by source_name, experiment_id
),

counts as (
    select
        s.source_name,
        s.experiment_id,
        s.arm,
        s.metric,
        s.segment_kind,
        s.segment,
        s.unit_count,
        s.eligible_count,
        s.eligible_count + s.unit_count - s.over_count as coming_count,
        s.least_count,
        s.measure,
        e.primary_metric,
        e.is_control,
        e.ends_at
    from int_experiment__sums as s
    inner join experiments as e
        on
            s.source_name = e.source_name
            and s.experiment_id = e.experiment_id
            and s.arm = e.arm
),

compared as (
    select
        c.source_name,
        c.experiment_id,
        c.arm,
        c.metric,
        c.measure,
        c.segment_kind,
        c.segment,
        c.unit_count,
        c.eligible_count,
        o.arm as control_arm,
        coalesce(o.unit_count, 0) as control_unit_count,
        coalesce(o.eligible_count, 0) as control_eligible_count,
        m.direction,
        m.kind as metric_kind,
        c.metric = c.primary_metric as is_primary,
        c.ends_at is null
        or {{ add_days('c.ends_at', 'm.window_days') }} > clock.as_of_at as is_running,
        case
            when w.reason is not null then w.reason
            -- A part with enough people whose windows are still open needs no more than time.
            when
                c.segment_kind <> 'all'
                and least(c.coming_count, coalesce(o.coming_count, 0)) < c.least_count
                then 'few_units'
            when least(c.eligible_count, coalesce(o.eligible_count, 0)) < c.least_count
                then 'too_young'
        end as withheld_reason
    from counts as c
    inner join experiment_metrics as m
        on c.metric = m.metric
    cross join clock
    left join counts as o
        on
            c.source_name = o.source_name
            and c.experiment_id = o.experiment_id
            and c.metric = o.metric
            and c.segment_kind = o.segment_kind
            and c.segment = o.segment
            and o.is_control
    left join withheld as w
        on c.source_name = w.source_name and c.experiment_id = w.experiment_id
    where not c.is_control
),

joined as (
    select
        {% for name in figures -%}
        case when c.withheld_reason is null then r.{{ name }} end as {{ name }},
        {% endfor -%}
        c.source_name,
        c.experiment_id,
        c.arm,
        c.metric,
        c.measure,
        c.segment_kind,
        c.segment,
        c.unit_count,
        c.eligible_count,
        c.control_arm,
        c.control_unit_count,
        c.control_eligible_count,
        c.direction,
        c.metric_kind,
        c.is_primary,
        c.is_running,
        c.withheld_reason
    from compared as c
    left join ml_experiment_results as r
        on
            c.source_name = r.source_name
            and c.experiment_id = r.experiment_id
            and c.arm = r.arm
            and c.metric = r.metric
            and c.segment_kind = r.segment_kind
            and c.segment = r.segment
),

-- The primary metric is judged by its own interval; all others are many questions at once, so
-- their p-value is that of all of them. While a plan runs, and until the time of its last unit is
-- over, only the interval of all looks counts.
judged as (
    select
        *,
        case
            when is_running then sequential_low > 0 or sequential_high < 0
            else effect_low > 0 or effect_high < 0
        end
        and ((is_primary and segment_kind = 'all') or coalesce(p_adjusted < 0.05, false))
            as is_shown
    from joined
),

final as (
    select
        source_name,
        experiment_id,
        metric,
        metric_kind,
        measure,
        segment_kind,
        segment,
        arm,
        control_arm,
        unit_count,
        control_unit_count,
        eligible_count,
        control_eligible_count,
        {{ figures | join(',\n        ') }},
        is_primary,
        is_running,
        case
            when withheld_reason = 'too_young' then 'too_young'
            when withheld_reason is not null then 'withheld'
            when not coalesce(is_shown, false) then 'not_shown'
            when (effect > 0) = (direction = 'up') then 'works'
            else 'harms'
        end as verdict_code,
        withheld_reason
    from judged
)

select * from final

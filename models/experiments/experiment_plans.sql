-- What a test can show: of each plan with the units it has, of each proposal of the seed with those
-- that come. Of a normal distribution: 1.959964 + .841621 standard errors for a power of 80 %, and
-- 1.959964 + 1.281552 for 90 % (Lehr 1992).
{%- set reach_80, reach_90 = 2.801585, 3.241516 %}
with experiments as (
    select * from {{ ref('experiments') }}
),

experiment_proposals as (
    select * from {{ ref('experiment_proposals') }}
),

experiment_metrics as (
    select * from {{ ref('experiment_metrics') }}
),

int_experiment__sums as (
    select * from {{ ref('int_experiment__sums') }}
    where segment_kind = 'all'
),

int_experiment__baselines as (
    select * from {{ ref('int_experiment__baselines') }}
),

plans as (
    select
        e.source_name,
        e.experiment_id,
        min(e.primary_metric) as metric,
        count(distinct e.arm) as arm_count,
        min(e.starts_at) as starts_at,
        max(e.ends_at) as ends_at
    from experiments as e
    group by e.source_name, e.experiment_id
),

-- The smallest arm decides what can be seen; the outcome varies as in the control.
measured as (
    select
        p.source_name,
        p.experiment_id,
        p.metric,
        p.arm_count,
        {{ days_between('cast(p.starts_at as date)', 'cast(p.ends_at as date)') }} as planned_days,
        max(case when e.is_control then s.y_sum / nullif(s.eligible_count, 0) end) as baseline,
        max(
            case
                when e.is_control
                    then
                        (s.yy_sum - s.y_sum * s.y_sum / nullif(s.eligible_count, 0))
                        / nullif(s.eligible_count - 1, 0)
            end
        ) as outcome_variance,
        max(case when e.is_control then s.eligible_count end) as control_count,
        min(case when not e.is_control then s.eligible_count end) as arm_unit_count,
        sum(s.unit_count) as unit_count
    from plans as p
    inner join experiments as e
        on p.source_name = e.source_name and p.experiment_id = e.experiment_id
    inner join int_experiment__sums as s
        on
            p.source_name = s.source_name
            and p.experiment_id = s.experiment_id
            and e.arm = s.arm
            and p.metric = s.metric
    group by
        p.source_name, p.experiment_id, p.metric, p.arm_count, p.starts_at, p.ends_at
),

of_plans as (
    select
        m.source_name,
        m.experiment_id as plan_name,
        'experiment' as plan_kind,
        m.metric,
        m.baseline,
        m.outcome_variance,
        -- A plan that ends before it starts says nothing of its length.
        coalesce(w.planned_days, case when m.planned_days > 0 then m.planned_days end)
            as planned_days,
        case when m.planned_days > 0 then cast(m.unit_count as double) / m.planned_days end
            as units_a_day,
        m.unit_count,
        m.arm_count,
        w.wanted_effect,
        {{ reach_80 }} * sqrt(
            m.outcome_variance
            * (1.0 / nullif(m.arm_unit_count, 0) + 1.0 / nullif(m.control_count, 0))
        ) as smallest_effect
    from measured as m
    left join experiment_proposals as w
        on m.experiment_id = w.proposal and m.metric = w.metric
),

-- Of two arms of half of those who come in the planned days.
of_proposals as (
    select
        b.source_name,
        w.proposal as plan_name,
        'proposal' as plan_kind,
        w.metric,
        b.baseline,
        b.outcome_variance,
        w.planned_days,
        b.units_a_day,
        cast(floor(b.units_a_day * w.planned_days) as bigint) as unit_count,
        2 as arm_count,
        w.wanted_effect,
        {{ reach_80 }} * sqrt(
            b.outcome_variance * 4 / nullif(floor(b.units_a_day * w.planned_days), 0)
        ) as smallest_effect
    from experiment_proposals as w
    inner join int_experiment__baselines as b
        on w.metric = b.metric
    left join plans as p
        on b.source_name = p.source_name and w.proposal = p.experiment_id
    where p.experiment_id is null
),

told as (
    select * from of_plans
    union all
    select * from of_proposals
),

final as (
    select
        b.source_name,
        b.plan_name,
        b.plan_kind,
        b.metric,
        b.baseline,
        b.units_a_day,
        cast(b.planned_days as bigint) as planned_days,
        cast(b.unit_count as bigint) as unit_count,
        cast(b.wanted_effect as double) as wanted_effect,
        b.smallest_effect,
        {% for name, reach in [('80', reach_80), ('90', reach_90)] -%}
        cast(
            ceil(
                2 * b.outcome_variance * {{ reach }} * {{ reach }}
                / nullif(b.wanted_effect * b.wanted_effect, 0)
            ) as bigint
        ) as arm_units_needed_{{ name }},
        {% endfor -%}
        cast(
            ceil(
                b.arm_count * 2 * b.outcome_variance * {{ reach_80 }} * {{ reach_80 }}
                / nullif(b.wanted_effect * b.wanted_effect * b.units_a_day, 0)
            ) as bigint
        ) as days_needed,
        b.smallest_effect > abs(b.wanted_effect) as is_underpowered
    from told as b
    inner join experiment_metrics as m
        on b.metric = m.metric
)

select * from final

-- What a test can show: each plan with the units it has, beside what is proposed. Of a normal
-- distribution: 1.959964 + .841621 standard errors for a power of 80 %, and 1.959964 + 1.281552 for
-- 90 % (Lehr 1992).
{%- set reach_80, reach_90 = 2.801585, 3.241516 %}
with experiments as (
    select * from {{ ref('experiments') }}
),

int_experiment_proposals__checked as (
    select * from {{ ref('int_experiment_proposals__checked') }}
),

experiment_metrics as (
    select * from {{ ref('experiment_metrics') }}
),

int_experiment__arrivals as (
    select * from {{ ref('int_experiment__arrivals') }}
),

int_experiment__sums as (
    select * from {{ ref('int_experiment__sums') }}
    where segment_kind = 'all'
),

int_experiment_proposals__told as (
    select * from {{ ref('int_experiment_proposals__told') }}
),

clock as (
    select * from {{ ref('clock') }}
),

stated as (
    select
        source_name,
        experiment_id,
        min(primary_metric) as metric,
        cast(sum(weight) as double) as all_weight,
        min(starts_at) as starts_at,
        {{ local_day('min(starts_at)') }} as start_day,
        max(ends_at) as ends_at,
        {{ local_day('max(ends_at)') }} as end_day
    from experiments
    group by source_name, experiment_id
),

-- `days_run`: complete local days from the start to the end, or to the clock if that is earlier.
plans as (
    select
        s.source_name,
        s.experiment_id,
        s.metric,
        s.all_weight,
        {{ days_between('cast(s.starts_at as date)', 'cast(s.ends_at as date)') }} as planned_days,
        {{ days_between(
            's.start_day', 'least(coalesce(s.end_day, clock.open_day), clock.open_day)'
        ) }} as days_run
    from stated as s
    cross join clock
),

rates as (
    select
        p.source_name,
        p.experiment_id,
        cast(coalesce(sum(d.arrival_count), 0) as double) / least(p.days_run, 28) as units_a_day
    from plans as p
    left join int_experiment__arrivals as d
        on
            p.source_name = d.source_name
            and p.experiment_id = d.plan_name
            and d.day_number > greatest(p.days_run - 28, 0)
            and p.days_run >= d.day_number
    where p.days_run > 0
    group by p.source_name, p.experiment_id, p.days_run
),

-- The smallest arm with a share decides what can be seen, the one of the smallest share how many
-- units it takes; the outcome varies as in the control.
measured as (
    select
        p.source_name,
        p.experiment_id,
        p.metric,
        p.planned_days,
        p.days_run,
        max(case when e.is_control then s.y_sum / nullif(s.eligible_count, 0) end) as baseline,
        max(
            case
                when e.is_control
                    then
                        (s.yy_sum - s.y_sum * s.y_sum / nullif(s.eligible_count, 0))
                        / nullif(s.eligible_count - 1, 0)
            end
        ) as outcome_variance,
        cast(sum(s.eligible_count) as double) / nullif(sum(s.over_count), 0) as value_share,
        max(case when e.is_control then s.unit_count end) as control_count,
        min(case when not e.is_control and e.weight > 0 then s.unit_count end) as arm_unit_count,
        sum(s.unit_count) as unit_count,
        (
            max(case when not e.is_control then p.all_weight / nullif(e.weight, 0) end)
            + max(case when e.is_control then p.all_weight / nullif(e.weight, 0) end)
        )
        / 2 as arms_worth
    from plans as p
    inner join experiments as e
        on p.source_name = e.source_name and p.experiment_id = e.experiment_id
    inner join int_experiment__sums as s
        on
            p.source_name = s.source_name
            and p.experiment_id = s.experiment_id
            and e.arm = s.arm
            and p.metric = s.metric
    group by p.source_name, p.experiment_id, p.metric, p.planned_days, p.days_run
),

of_plans as (
    select
        m.source_name,
        m.experiment_id as plan_name,
        'experiment' as plan_kind,
        m.metric,
        m.baseline,
        m.outcome_variance,
        m.value_share,
        -- A plan that ends before it starts says nothing of its length.
        coalesce(w.planned_days, case when m.planned_days > 0 then m.planned_days end)
            as planned_days,
        case when m.days_run > 0 then m.days_run end as days_run,
        r.units_a_day,
        m.unit_count,
        m.arms_worth,
        w.wanted_effect,
        {{ reach_80 }} * sqrt(
            m.outcome_variance / nullif(m.value_share, 0)
            * (1.0 / nullif(m.arm_unit_count, 0) + 1.0 / nullif(m.control_count, 0))
        ) as smallest_effect
    from measured as m
    left join rates as r
        on m.source_name = r.source_name and m.experiment_id = r.experiment_id
    left join int_experiment_proposals__checked as w
        on m.experiment_id = w.proposal and m.metric = w.metric
),

told as (
    select * from of_plans
    union all
    select * from int_experiment_proposals__told
),

-- Variance in squares of the wanted effect, of units of which only some have a value.
weighed as (
    select
        *,
        2 * outcome_variance / nullif(wanted_effect * wanted_effect * value_share, 0) as noise
    from told
),

needed as (
    select
        *,
        cast(ceil(noise * {{ reach_80 }} * {{ reach_80 }}) as bigint) as arm_units_needed_80,
        cast(ceil(noise * {{ reach_90 }} * {{ reach_90 }}) as bigint) as arm_units_needed_90
    from weighed
),

-- A third is no exact number: a millionth of a unit, or of a day, is none more.
totalled as (
    select
        *,
        ceil(round(arm_units_needed_80 * arms_worth, 6)) as units_needed
    from needed
),

gathered as (
    select
        n.source_name,
        n.plan_name,
        min(c.day_number) as day_count
    from totalled as n
    inner join int_experiment__arrivals as c
        on
            n.source_name = c.source_name
            and n.plan_name = c.plan_name
            and n.units_needed <= c.unit_count
    group by n.source_name, n.plan_name
),

final as (
    select
        n.source_name,
        n.plan_name,
        n.plan_kind,
        n.metric,
        n.baseline,
        n.value_share,
        n.units_a_day,
        cast(n.planned_days as bigint) as planned_days,
        cast(n.unit_count as bigint) as unit_count,
        cast(n.wanted_effect as double) as wanted_effect,
        n.smallest_effect,
        n.arm_units_needed_80,
        n.arm_units_needed_90,
        -- Plans go on as they came of late; of a proposal nobody knows who never came.
        cast(
            coalesce(
                g.day_count,
                n.days_run
                + ceil(round((n.units_needed - n.unit_count) / nullif(n.units_a_day, 0), 6))
            )
            + m.window_days as bigint
        ) as days_needed,
        n.smallest_effect > abs(n.wanted_effect) as is_underpowered
    from totalled as n
    inner join experiment_metrics as m
        on n.metric = m.metric
    left join gathered as g
        on n.source_name = g.source_name and n.plan_name = g.plan_name
)

select * from final

-- Whether a plan was carried out as it was written. A check that withholds takes every figure of
-- the plan away; the others warn.
{#- Code, value, limit, p, whether it passes and whether it withholds. -#}
{%- set checks = [
    ('sample_ratio', 'p_value', '0.01', 'p_value',
        'coalesce(p_value >= 0.01, true)', 'coalesce(p_value < 0.001, false)'),
    ('two_arms', 'cast(two_arm_count as double) / nullif(unit_count, 0)', '0.01', 'null',
        'two_arm_count = 0 or two_arm_count * 100 < unit_count', 'false'),
    ('unplanned_arm', 'unplanned_count', '0', 'null', 'unplanned_count = 0', 'false'),
    ('unknown_unit', 'cast(unknown_count as double) / nullif(unit_count, 0)', '0.05', 'null',
        'unknown_count = 0 or unknown_count * 20 < unit_count',
        'unknown_count > 0 and 2 * unknown_count >= unit_count'),
    ('before_start', 'before_count', '0', 'null',
        'before_count = 0', '2 * before_count > unit_count'),
    ('after_end', 'after_count', '0', 'null', 'after_count = 0', '2 * after_count > unit_count'),
    ('empty_arm', 'case when arm_count < 2 then 1 else empty_count end', '0', 'null',
        'empty_count = 0 and arm_count > 1', 'empty_count > 0 or arm_count < 2'),
    ('lost_arm', 'case when is_complete then 0 else 1 end', '0', 'null',
        'is_complete', 'not is_complete'),
    ('unknown_metric', 'case when has_metric then 0 else 1 end', '0', 'null',
        'has_metric', 'not has_metric'),
    ('too_young', 'coalesce(eligible_count, 0)', setting('retention_min_cell_size'), 'null',
        'coalesce(eligible_count, 0) >= ' ~ setting('retention_min_cell_size'), 'false'),
] %}
with experiments as (
    select * from {{ ref('experiments') }}
),

experiment_units as (
    select * from {{ ref('experiment_units') }}
),

int_experiment__arms as (
    select * from {{ ref('int_experiment__arms') }}
),

int_experiment__sums as (
    select * from {{ ref('int_experiment__sums') }}
    where segment_kind = 'all'
),

ml_experiment_results as (
    select * from {{ ref('ml_experiment_results') }}
),

int_experiment__metrics as (
    select * from {{ ref('int_experiment__metrics') }}
),

plans as (
    select
        e.source_name,
        e.experiment_id,
        min(e.primary_metric) as primary_metric,
        min(case when e.is_complete then 1 else 0 end) = 1 as is_complete,
        min(e.starts_at) as starts_at,
        max(e.ends_at) as ends_at,
        count(m.metric) > 0 as has_metric
    from experiments as e
    left join int_experiment__metrics as m
        on e.source_name = m.source_name and e.primary_metric = m.metric
    group by e.source_name, e.experiment_id
),

units as (
    select
        p.source_name,
        p.experiment_id,
        count(u.unit_id) as unit_count,
        count(case when u.is_in_two_arms then 1 end) as two_arm_count,
        count(case when not u.is_planned then 1 end) as unplanned_count,
        count(case when not u.is_known then 1 end) as unknown_count,
        count(case when u.exposed_at < p.starts_at then 1 end) as before_count,
        count(case when u.exposed_at >= p.ends_at then 1 end) as after_count
    from plans as p
    left join experiment_units as u
        on p.source_name = u.source_name and p.experiment_id = u.experiment_id
    group by p.source_name, p.experiment_id
),

arms as (
    select
        source_name,
        experiment_id,
        count(case when share > 0 and unit_count = 0 then 1 end) as empty_count,
        count(case when share > 0 then 1 end) as arm_count
    from int_experiment__arms
    group by source_name, experiment_id
),

-- The fewest units of an arm whose window for the primary metric is over.
ripe as (
    select
        p.source_name,
        p.experiment_id,
        min(coalesce(s.eligible_count, 0)) as eligible_count
    from plans as p
    inner join int_experiment__arms as a
        on p.source_name = a.source_name and p.experiment_id = a.experiment_id and a.share > 0
    left join int_experiment__sums as s
        on
            p.source_name = s.source_name
            and p.experiment_id = s.experiment_id
            and a.arm = s.arm
            and p.primary_metric = s.metric
    group by p.source_name, p.experiment_id
),

ratios as (
    select
        source_name,
        experiment_id,
        min(sample_ratio_p_value) as p_value
    from ml_experiment_results
    group by source_name, experiment_id
),

facts as (
    select
        p.source_name,
        p.experiment_id,
        p.is_complete,
        p.has_metric,
        u.unit_count,
        u.two_arm_count,
        u.unplanned_count,
        u.unknown_count,
        u.before_count,
        u.after_count,
        a.empty_count,
        a.arm_count,
        r.p_value,
        i.eligible_count
    from plans as p
    inner join units as u
        on p.source_name = u.source_name and p.experiment_id = u.experiment_id
    inner join arms as a
        on p.source_name = a.source_name and p.experiment_id = a.experiment_id
    left join ratios as r
        on p.source_name = r.source_name and p.experiment_id = r.experiment_id
    left join ripe as i
        on p.source_name = i.source_name and p.experiment_id = i.experiment_id
),

-- One value a check, and the least or most that it passes with.
checks as (
    {% for code, value, limit, p_value, is_passed, is_withholding in checks -%}
    select
        source_name,
        experiment_id,
        '{{ code }}' as check_code,
        cast({{ value }} as double) as check_value,
        cast({{ limit }} as double) as limit_value,
        cast({{ p_value }} as double) as p_value,
        {{ is_passed }} as is_passed,
        {{ is_withholding }} as is_withholding
    from facts
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

-- Of exposures to what no plan that was accepted has, nothing else is told.
planless as (
    select
        u.source_name,
        u.experiment_id,
        'no_plan' as check_code,
        cast(count(*) as double) as check_value,
        cast(0 as double) as limit_value,
        cast(null as double) as p_value,
        false as is_passed,
        true as is_withholding
    from experiment_units as u
    left join plans as p
        on u.source_name = p.source_name and u.experiment_id = p.experiment_id
    where p.experiment_id is null
    group by u.source_name, u.experiment_id
),

told as (
    select * from checks
    union all
    select * from planless
),

final as (
    select
        source_name,
        experiment_id,
        check_code,
        check_value,
        limit_value,
        p_value,
        is_passed,
        is_withholding
    from told
)

select * from final

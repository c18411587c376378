-- What each counted unit did in the window after its exposure, and in one as long before it, by
-- metric. An act at the very instant, or on the very day, of the exposure is of neither.
with experiment_units as (
    select
        *,
        {{ epoch_micros('exposed_at') }} as exposed_micros,
        {{ epoch_micros('cast(' ~ local_day('exposed_at') ~ ' as timestamp)') }} as day_micros,
        row_number() over (order by source_name, experiment_id, unit_id) as unit_number
    from {{ ref('experiment_units') }}
    where is_counted
),

int_experiment__metrics as (
    select
        *,
        window_days * 86400000000 as window_micros,
        dense_rank() over (order by metric) as metric_number
    from {{ ref('int_experiment__metrics') }}
),

int_experiment__acts as (
    select * from {{ ref('int_experiment__acts') }}
),

clock as (
    select
        {{ epoch_micros('as_of_at') }} as as_of_micros,
        {{ epoch_micros('first_at') }} as first_micros,
        {{ epoch_micros('cast(open_day as timestamp)') }} as open_micros
    from {{ ref('clock') }}
),

-- A person has many acts and many exposures, and each pair is looked at: by whole numbers alone,
-- and no further than the widest window of the measure.
widest as (
    select
        measure,
        max(window_micros) as window_micros
    from int_experiment__metrics
    group by measure
),

acts as (
    select
        a.person_id,
        a.measure,
        a.amount,
        a.local_day is not null as is_by_day,
        {{ epoch_micros('coalesce(a.acted_at, cast(a.local_day as timestamp))') }} as acted_micros,
        w.window_micros
    from int_experiment__acts as a
    inner join widest as w
        on a.measure = w.measure
),

{% set distance -%}
a.acted_micros - case when a.is_by_day then u.day_micros else u.exposed_micros end
{%- endset -%}
near as (
    select
        u.unit_number,
        a.measure,
        a.amount,
        {{ distance }} as distance
    from experiment_units as u
    inner join acts as a
        on u.person_id = a.person_id
    where abs({{ distance }}) between 1 and a.window_micros
),

metrics as (
    select distinct
        metric_number,
        measure,
        window_micros
    from int_experiment__metrics
),

sums as (
    select
        n.unit_number,
        m.metric_number,
        count(case when n.distance > 0 then 1 end) as after_count,
        count(case when n.distance < 0 then 1 end) as before_count,
        cast(sum(case when n.distance > 0 then n.amount end) as double) as after_sum,
        cast(sum(case when n.distance < 0 then n.amount end) as double) as before_sum
    from near as n
    inner join metrics as m
        on n.measure = m.measure
    where abs(n.distance) <= m.window_micros
    group by n.unit_number, m.metric_number
),

measured as (
    select
        u.source_name,
        u.experiment_id,
        u.unit_id,
        u.arm,
        m.metric,
        m.kind,
        m.measure,
        coalesce(s.after_count, 0) as after_count,
        coalesce(s.before_count, 0) as before_count,
        s.after_sum,
        s.before_sum,
        case
            when m.measure = 'visit_days'
                then u.day_micros + m.window_micros < clock.open_micros
            else u.exposed_micros + m.window_micros <= clock.as_of_micros
        end as is_over,
        u.exposed_micros - m.window_micros >= clock.first_micros as has_history
    from experiment_units as u
    inner join int_experiment__metrics as m
        on u.source_name = m.source_name
    cross join clock
    left join sums as s
        on u.unit_number = s.unit_number and m.metric_number = s.metric_number
),

valued as (
    select
        *,
        case
            when kind = 'rate' then case when after_count > 0 then 1.0 else 0.0 end
            when measure = 'rating' then after_sum / nullif(after_count, 0)
            else coalesce(after_sum, 0.0)
        end as value_after,
        case
            when kind = 'rate' then case when before_count > 0 then 1.0 else 0.0 end
            when measure = 'rating' then before_sum / nullif(before_count, 0)
            else coalesce(before_sum, 0.0)
        end as value_before
    from measured
),

final as (
    select
        source_name,
        experiment_id,
        unit_id,
        arm,
        metric,
        is_over,
        is_over and value_after is not null as is_eligible,
        has_history,
        cast(case when is_over then value_after end as double) as outcome_value,
        cast(case when has_history then value_before end as double) as value_before
    from valued
)

select * from final

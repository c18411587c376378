-- What each counted unit did in the window after its exposure, and in one as long before it, by
-- metric. An act at the very instant, or on the very day, of the exposure is of neither.
with experiment_units as (
    select
        *,
        {{ local_day('exposed_at') }} as exposed_day
    from {{ ref('experiment_units') }}
    where is_counted
),

experiment_metrics as (
    select * from {{ ref('experiment_metrics') }}
),

int_experiment__acts as (
    select * from {{ ref('int_experiment__acts') }}
),

clock as (
    select * from {{ ref('clock') }}
),

near as (
    select
        u.source_name,
        u.experiment_id,
        u.unit_id,
        m.metric,
        a.amount,
        case
            when a.local_day is null then a.acted_at > u.exposed_at
            else a.local_day > u.exposed_day
        end as is_after
    from experiment_units as u
    inner join int_experiment__acts as a
        on u.person_id = a.person_id
    inner join experiment_metrics as m
        on a.measure = m.measure
    where
        (
            a.local_day is null
            and a.acted_at <> u.exposed_at
            and a.acted_at >= {{ add_days('u.exposed_at', '-m.window_days') }}
            and a.acted_at <= {{ add_days('u.exposed_at', 'm.window_days') }}
        )
        or (
            a.local_day <> u.exposed_day
            and a.local_day >= {{ add_days('u.exposed_day', '-m.window_days', 'date') }}
            and a.local_day <= {{ add_days('u.exposed_day', 'm.window_days', 'date') }}
        )
),

sums as (
    select
        source_name,
        experiment_id,
        unit_id,
        metric,
        count(case when is_after then 1 end) as after_count,
        count(case when not is_after then 1 end) as before_count,
        cast(sum(case when is_after then amount end) as double) as after_sum,
        cast(sum(case when not is_after then amount end) as double) as before_sum
    from near
    group by source_name, experiment_id, unit_id, metric
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
                then {{ add_days('u.exposed_day', 'm.window_days', 'date') }} < clock.open_day
            else {{ add_days('u.exposed_at', 'm.window_days') }} <= clock.as_of_at
        end as is_over,
        {{ add_days('u.exposed_at', '-m.window_days') }} >= clock.first_at as has_history
    from experiment_units as u
    cross join experiment_metrics as m
    cross join clock
    left join sums as s
        on
            u.source_name = s.source_name
            and u.experiment_id = s.experiment_id
            and u.unit_id = s.unit_id
            and m.metric = s.metric
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

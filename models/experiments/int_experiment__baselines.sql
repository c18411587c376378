-- What a proposal starts from, by source and metric: the people who were there in the 28 days that
-- ended a window before the clock, and what they did in the window after.
with customer_days as (
    select * from {{ ref('customer_days') }}
),

experiment_proposals as (
    select * from {{ ref('experiment_proposals') }}
),

experiment_metrics as (
    select m.*
    from {{ ref('experiment_metrics') }} as m
    where m.metric in (select p.metric from experiment_proposals as p)
),

int_experiment__acts as (
    select * from {{ ref('int_experiment__acts') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- As a test would expose them: at their first day of the four weeks.
people as (
    select
        d.source_name,
        d.person_id,
        m.metric,
        m.kind,
        m.measure,
        m.window_days,
        min(d.local_day) as exposed_day
    from customer_days as d
    cross join experiment_metrics as m
    cross join clock
    where
        d.local_day < {{ add_days('clock.open_day', '-m.window_days - 1', 'date') }}
        and d.local_day >= {{ add_days('clock.open_day', '-m.window_days - 29', 'date') }}
    group by d.source_name, d.person_id, m.metric, m.kind, m.measure, m.window_days
),

sums as (
    select
        p.source_name,
        p.person_id,
        p.metric,
        p.kind,
        p.measure,
        count(a.person_id) as act_count,
        cast(sum(a.amount) as double) as act_sum
    from people as p
    left join int_experiment__acts as a
        on
            p.person_id = a.person_id
            and p.measure = a.measure
            and coalesce(a.local_day, {{ local_day('a.acted_at') }}) > p.exposed_day
            and coalesce(a.local_day, {{ local_day('a.acted_at') }})
            <= {{ add_days('p.exposed_day', 'p.window_days', 'date') }}
    group by p.source_name, p.person_id, p.metric, p.kind, p.measure
),

valued as (
    select
        source_name,
        metric,
        case
            when kind = 'rate' then case when act_count > 0 then 1.0 else 0.0 end
            when measure = 'rating' then act_sum / nullif(act_count, 0)
            else coalesce(act_sum, 0.0)
        end as y
    from sums
),

totals as (
    select
        source_name,
        metric,
        count(y) as person_count,
        cast(count(y) as double) / count(*) as value_share,
        cast(sum(cast(y as decimal(38, 12))) as double) as y_sum,
        cast(sum(cast(y * y as decimal(38, 12))) as double) as yy_sum
    from valued
    group by source_name, metric
),

final as (
    select
        source_name,
        metric,
        value_share,
        y_sum / nullif(person_count, 0) as baseline,
        (yy_sum - y_sum * y_sum / nullif(person_count, 0))
        / nullif(person_count - 1, 0) as outcome_variance
    from totals
)

select * from final

-- What a proposal starts from, by source and metric: the people who came in the 28 days that ended
-- a window before the clock, and what they did in the window after.
with int_experiment_proposals__checked as (
    select * from {{ ref('int_experiment_proposals__checked') }}
    where not is_plan
),

int_experiment__metrics as (
    select m.*
    from {{ ref('int_experiment__metrics') }} as m
    where m.metric in (select w.metric from int_experiment_proposals__checked as w)
),

int_experiment__acts as (
    select * from {{ ref('int_experiment__acts') }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where person_id is not null and not is_bot
),

orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_order
),

clock as (
    select * from {{ ref('clock') }}
),

spans as (
    select
        m.*,
        cast({{ add_days('k.open_day', '-m.window_days - 28', 'date') }} as string) as from_day,
        cast({{ add_days('k.open_day', '-m.window_days', 'date') }} as string) as until_day
    from int_experiment__metrics as m
    cross join clock as k
),

weeks as (
    select
        *,
        {{ utc_from_local('from_day', setting('time_zone')[1:-1]) }} as from_at,
        {{ utc_from_local('until_day', setting('time_zone')[1:-1]) }} as until_at
    from spans
),

comings as (
    select
        source_name,
        person_id,
        started_at as came_at
    from sessions
    union all
    select
        source_name,
        person_id,
        ordered_at as came_at
    from orders
),

-- As a test would expose them: when they first come in the four weeks, and the rest of that day
-- counts.
people as (
    select
        c.source_name,
        c.person_id,
        w.metric,
        w.kind,
        w.measure,
        w.window_days,
        min(c.came_at) as exposed_at
    from comings as c
    inner join weeks as w
        on
            c.source_name = w.source_name
            and c.came_at >= w.from_at
            and c.came_at < w.until_at
    group by c.source_name, c.person_id, w.metric, w.kind, w.measure, w.window_days
),

exposed as (
    select
        *,
        {{ local_day('exposed_at') }} as exposed_day
    from people
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
    from exposed as p
    left join int_experiment__acts as a
        on
            p.person_id = a.person_id
            and p.measure = a.measure
            and (
                (
                    p.exposed_at < a.acted_at
                    and {{ add_days('p.exposed_at', 'p.window_days') }} >= a.acted_at
                )
                or (
                    p.exposed_day < a.local_day
                    and {{ add_days('p.exposed_day', 'p.window_days', 'date') }} >= a.local_day
                )
            )
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

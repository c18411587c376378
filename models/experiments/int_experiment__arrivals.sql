-- On which day of a test units come for the first time, and how many came by then. Of a plan day 1
-- is that of the start, and 0 all before it. Of a proposal the people of its days are those of as
-- many last days: whoever comes back is one person, so a longer test has fewer people a day. As
-- many came in the last n days as were here last at most n days ago.
with experiments as (
    select * from {{ ref('experiments') }}
),

int_experiment_proposals__checked as (
    select * from {{ ref('int_experiment_proposals__checked') }}
    where not is_plan
),

experiment_units as (
    select
        *,
        {{ local_day('exposed_at') }} as exposed_day
    from {{ ref('experiment_units') }}
    where is_counted
),

customer_days as (
    select * from {{ ref('customer_days') }}
),

clock as (
    select * from {{ ref('clock') }}
),

starts as (
    select
        source_name,
        experiment_id,
        {{ local_day('min(starts_at)') }} as start_day
    from experiments
    group by source_name, experiment_id
),

last_days as (
    select
        d.source_name,
        d.person_id,
        max(d.local_day) as last_day
    from customer_days as d
    cross join clock
    where d.local_day < clock.open_day
    group by d.source_name, d.person_id
),

arrivals as (
    select
        u.source_name,
        u.experiment_id as plan_name,
        greatest({{ days_between('s.start_day', 'u.exposed_day') }} + 1, 0) as day_number
    from experiment_units as u
    inner join starts as s
        on u.source_name = s.source_name and u.experiment_id = s.experiment_id
    union all
    select
        d.source_name,
        w.proposal as plan_name,
        {{ days_between('d.last_day', 'clock.open_day') }} as day_number
    from last_days as d
    cross join int_experiment_proposals__checked as w
    cross join clock
),

daily as (
    select
        source_name,
        plan_name,
        day_number,
        count(*) as arrival_count
    from arrivals
    group by source_name, plan_name, day_number
),

final as (
    select
        source_name,
        plan_name,
        day_number,
        arrival_count,
        sum(arrival_count) over (
            partition by source_name, plan_name
            order by day_number
            rows between unbounded preceding and current row
        ) as unit_count
    from daily
)

select * from final

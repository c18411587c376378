-- What units ordered in 90 days is what core.orders says of these persons.
-- If it breaks: look at models/experiments/int_experiment__acts.sql and experiment_outcomes.sql.
with experiment_outcomes as (
    select * from {{ ref('experiment_outcomes') }}
    where metric = 'orders_90' and is_eligible
),

experiment_units as (
    select * from {{ ref('experiment_units') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_net_at_clock
),

counted as (
    select
        u.source_name,
        u.experiment_id,
        u.unit_id,
        count(o.order_id) as order_count
    from experiment_units as u
    left join orders as o
        on
            u.person_id = o.person_id
            and u.exposed_at < o.ordered_at
            and {{ add_days('u.exposed_at', 90) }} >= o.ordered_at
    group by u.source_name, u.experiment_id, u.unit_id
)

select
    e.source_name,
    e.experiment_id,
    e.unit_id,
    e.outcome_value,
    c.order_count
from experiment_outcomes as e
inner join counted as c
    on
        e.source_name = c.source_name
        and e.experiment_id = c.experiment_id
        and e.unit_id = c.unit_id
where e.outcome_value <> c.order_count

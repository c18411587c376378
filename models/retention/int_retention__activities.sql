-- What a person can start with and come back with, one row for each time it happened before the
-- clock. A net order is one that is net at the clock.
with orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_order
),

clock as (
    select * from {{ ref('clock') }}
),

known as (
    select o.*
    from orders as o
    cross join clock
    where o.ordered_at < clock.as_of_at
),

final as (
    select
        person_id,
        'order' as activity_kind,
        concat_ws('|', source_name, order_id) as activity_id,
        ordered_at as occurred_at
    from known
    union all
    select
        person_id,
        'net_order' as activity_kind,
        concat_ws('|', source_name, order_id) as activity_id,
        ordered_at as occurred_at
    from known
    where is_net_at_clock
)

select * from final

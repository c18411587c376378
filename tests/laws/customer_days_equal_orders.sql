-- The orders of a person's active days are the person's orders, and the other way round.
-- If it breaks: an order falls on a day that customer_days has no row for: look at the local day
-- and at the person in models/core/people/customer_days.sql.
with days as (
    select
        person_id,
        sum(order_count) as order_count,
        sum(net_sales) as net_sales
    from {{ ref('customer_days') }}
    group by person_id
    having sum(order_count) > 0
),

orders as (
    select
        person_id,
        count(*) as order_count,
        sum(net_sales) as net_sales
    from {{ ref('orders') }}
    where is_order and person_id is not null
    group by person_id
)

{{ differences('days', 'orders', by=['person_id'], of=['order_count', 'net_sales']) }}

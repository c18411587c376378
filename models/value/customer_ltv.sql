-- SKELETON: own past rate in place of the model, until ml_value_forecasts stands.
with orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_net_at_clock
),

clock as (
    select * from {{ ref('clock') }}
),

people as (
    select
        o.person_id,
        clock.as_of_at,
        count(distinct o.local_day) as order_day_count,
        sum(o.net_sales) as booked_net_sales,
        sum(case when o.is_settled then o.net_sales else 0 end) as settled_net_sales,
        min(o.local_day) as first_order_on,
        max(o.local_day) as last_order_on,
        cast({{ days_between('min(o.local_day)', 'max(clock.open_day)') }} as double) as age_days
    from orders as o
    cross join clock
    where o.ordered_at < clock.as_of_at
    group by o.person_id, clock.as_of_at
),

rates as (
    select
        *,
        order_day_count / (age_days + 90) as daily_orders,
        cast(booked_net_sales as double) / order_day_count as mean_net_sales
    from people
),

final as (
    select
        person_id,
        cast(order_day_count as bigint) as order_day_count,
        cast(booked_net_sales as decimal(38, 4)) as booked_net_sales,
        cast(settled_net_sales as decimal(38, 4)) as settled_net_sales,
        cast(0.5 as double) as p_alive,
        1 - exp(-90 * daily_orders) as p_order_90d
        {%- for days in [30, 90, 365] %},
        {{ days }} * daily_orders as expected_orders_{{ days }}d,
        {{ days }} * daily_orders * mean_net_sales as expected_net_sales_{{ days }}d,
        cast(0 as double) as expected_net_sales_{{ days }}d_low,
        2 * {{ days }} * daily_orders * mean_net_sales as expected_net_sales_{{ days }}d_high,
        0.45 * {{ days }} * daily_orders * mean_net_sales as expected_value_{{ days }}d,
        cast(0 as double) as expected_value_{{ days }}d_low,
        0.9 * {{ days }} * daily_orders * mean_net_sales as expected_value_{{ days }}d_high
        {%- endfor %},
        false as is_fallback,
        true as is_served,
        first_order_on,
        last_order_on,
        as_of_at
    from rates
)

select * from final

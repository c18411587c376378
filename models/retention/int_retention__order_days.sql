-- The local days on which a person ordered, net at the clock, in their order. Several orders of a
-- day are one: a second basket ten minutes later is no return.
with orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_net_at_clock
),

order_days as (
    select distinct
        person_id,
        {{ local_day('ordered_at') }} as order_day
    from orders
),

final as (
    select
        person_id,
        row_number() over same_person as order_day_number,
        {{ days_between('lag(order_day) over same_person', 'order_day') }} as gap_days,
        order_day
    from order_days
    window same_person as (partition by person_id order by order_day)
)

select * from final

-- What people did, by measure: an instant or a day, and how much. Orders are those that are net at
-- the clock, with their net sales at the clock.
with orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_net_at_clock
),

sessions as (
    select * from {{ ref('sessions') }}
    where person_id is not null and not is_bot
),

customer_days as (
    select * from {{ ref('customer_days') }}
    where event_count > 0
),

reviews as (
    select * from {{ ref('reviews') }}
    where person_id is not null and rating is not null
),

clock as (
    select * from {{ ref('clock') }}
),

acts as (
    select
        person_id,
        'orders' as measure,
        cast(1 as decimal(38, 12)) as amount,
        cast(null as date) as local_day,
        ordered_at as acted_at
    from orders
    union all
    select
        person_id,
        'net_sales' as measure,
        cast(net_sales as decimal(38, 12)) as amount,
        cast(null as date) as local_day,
        ordered_at as acted_at
    from orders
    union all
    select
        person_id,
        'minutes' as measure,
        cast(
            cast({{ epoch_micros('ended_at') }} - {{ epoch_micros('started_at') }} as double)
            / 60000000
            as decimal(38, 12)
        ) as amount,
        cast(null as date) as local_day,
        started_at as acted_at
    from sessions
    union all
    select
        person_id,
        'rating' as measure,
        cast(rating as decimal(38, 12)) as amount,
        cast(null as date) as local_day,
        created_at as acted_at
    from reviews
    union all
    select
        person_id,
        'visit_days' as measure,
        cast(1 as decimal(38, 12)) as amount,
        local_day,
        cast(null as timestamp) as acted_at
    from customer_days
    group by person_id, local_day
),

final as (
    select a.*
    from acts as a
    cross join clock
    where a.acted_at < clock.as_of_at or a.local_day < clock.open_day
)

select * from final

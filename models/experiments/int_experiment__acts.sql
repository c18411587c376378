-- What people did, by measure: an instant or a day, and how much. Orders are those that are net at
-- the clock, with their net sales at the clock.
with orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_net_at_clock
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where order_id is not null and {{ is_sale_kind('kind') }}
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

-- What is given back after the clock is not known yet.
sales as (
    select
        m.source_name,
        m.order_id,
        sum(m.amount) as net_sales
    from money_lines as m
    cross join clock
    where m.effective_at < clock.as_of_at
    group by m.source_name, m.order_id
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
        o.person_id,
        'net_sales' as measure,
        cast(s.net_sales as decimal(38, 12)) as amount,
        cast(null as date) as local_day,
        o.ordered_at as acted_at
    from orders as o
    inner join sales as s
        on o.source_name = s.source_name and o.order_id = s.order_id
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
),

-- The acts of a person lie together, and so meet the person's exposures at once: outcomes of a
-- million exposures cost a quarter less.
final as (
    select a.*
    from acts as a
    cross join clock
    where a.acted_at < clock.as_of_at or a.local_day < clock.open_day
    order by a.person_id
)

select * from final

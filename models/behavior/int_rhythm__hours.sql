-- What was counted in each local hour of a day. A person counts once an hour: when a visit of
-- theirs began, or an order was placed.
with sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot and person_id is not null
),

orders as (
    select * from {{ ref('orders') }}
    where is_order
),

met as (
    select
        person_id,
        {{ local_day('started_at') }} as local_day,
        hour({{ local_time('started_at') }}) as local_hour
    from sessions
    union
    select
        person_id,
        local_day,
        hour({{ local_time('ordered_at') }}) as local_hour
    from orders
    where person_id is not null
),

counted as (
    select
        'active_people' as measure,
        local_day,
        local_hour,
        cast(count(*) as decimal(38, 4)) as hour_value
    from met
    group by local_day, local_hour
    union all
    select
        'orders' as measure,
        local_day,
        hour({{ local_time('ordered_at') }}) as local_hour,
        cast(count(*) as decimal(38, 4)) as hour_value
    from orders
    group by local_day, hour({{ local_time('ordered_at') }})
    union all
    select
        'net_sales' as measure,
        local_day,
        hour({{ local_time('ordered_at') }}) as local_hour,
        sum(net_sales) as hour_value
    from orders
    group by local_day, hour({{ local_time('ordered_at') }})
),

final as (
    select
        measure,
        cast(local_hour as bigint) as local_hour,
        hour_value,
        local_day
    from counted
)

select * from final

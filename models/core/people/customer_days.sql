-- A person's active local days: at least one event that is not a bot's, or one order.
with visitor_days as (
    select * from {{ ref('visitor_days') }}
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

events as (
    select * from {{ ref('events') }}
    where visitor_id is null
),

orders as (
    select * from {{ ref('orders') }}
    where is_order and person_id is not null
),

event_types as (
    select * from {{ ref('event_types') }}
),

-- A visit that names no customer counts for whomever the identity map gives its visitor at the
-- first event of that day.
visited as (
    select
        v.source_name,
        v.event_count,
        v.activity_count,
        v.local_day,
        {{ known_customer_id('v.customer_id', 'v.first_event_at') }} as known_customer_id,
        {{ known_person_id('v.source_name', 'v.customer_id', 'v.visitor_id', 'v.first_event_at') }}
            as person_id
    from visitor_days as v
    left join identity_map as i
        on
            v.source_name = i.source_name
            and v.visitor_id = i.visitor_id
            and v.first_event_at >= i.valid_from
            and v.first_event_at < i.valid_to
    where not v.is_bot
),

activities as (
    select
        person_id,
        known_customer_id as customer_id,
        source_name,
        local_day,
        event_count,
        activity_count,
        0 as order_count,
        cast(0 as decimal(38, 4)) as net_sales
    from visited
    where person_id is not null
    union all
    select
        {{ person_id('e.source_name', 'e.customer_id', 'e.visitor_id') }} as person_id,
        e.customer_id,
        e.source_name,
        {{ local_day('e.occurred_at') }} as local_day,
        1 as event_count,
        case when t.is_activity then 1 else 0 end as activity_count,
        0 as order_count,
        cast(0 as decimal(38, 4)) as net_sales
    from events as e
    inner join event_types as t
        on e.event_type = t.event_type
    union all
    select
        person_id,
        customer_id,
        source_name,
        {{ local_day('ordered_at') }} as local_day,
        0 as event_count,
        0 as activity_count,
        1 as order_count,
        net_sales
    from orders
),

final as (
    select
        person_id,
        customer_id,
        source_name,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(order_count) as bigint) as order_count,
        cast(sum(net_sales) as decimal(38, 4)) as net_sales,
        local_day
    from activities
    group by person_id, customer_id, source_name, local_day
    having sum(activity_count) > 0 or sum(order_count) > 0
)

select * from final

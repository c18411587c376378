-- People by number, since numbers are counted several times faster than names; and by what they can
-- be told apart from the beginning on, which never changes with how long they stayed.
with sessions as (
    select * from {{ ref('sessions') }}
    where person_id is not null and not is_bot
),

orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_net_at_clock
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind = 'item'
),

products as (
    select * from {{ ref('products') }}
),

customers as (
    select * from {{ ref('customers') }}
),

first_sessions as (
    select
        person_id,
        min_by(device_type, concat(cast(started_at as varchar), session_id)) as device_type
    from sessions
    group by person_id
),

first_orders as (
    select
        person_id,
        source_name,
        order_id
    from orders
    qualify row_number() over (
        partition by person_id
        order by ordered_at, source_name, order_id
    ) = 1
),

-- The category on which most was spent in the first net order.
first_categories as (
    select
        o.person_id,
        split_part(p.category_path, '/', 1) as first_category
    from first_orders as o
    inner join money_lines as m
        on o.source_name = m.source_name and o.order_id = m.order_id
    inner join products as p
        on m.source_name = p.source_name and m.product_id = p.product_id
    where p.category_path is not null
    qualify row_number() over (
        partition by o.person_id
        order by m.amount desc, m.line_id asc
    ) = 1
),

known as (
    select person_id from first_sessions
    union
    select person_id from first_orders
    union
    select person_id from customers
),

final as (
    select
        k.person_id,
        coalesce(c.country, 'unknown') as country,
        coalesce(s.device_type, 'unknown') as device,
        coalesce(f.first_category, 'unknown') as first_category,
        row_number() over (order by k.person_id) as person_number
    from known as k
    left join customers as c
        on k.person_id = c.person_id
    left join first_sessions as s
        on k.person_id = s.person_id
    left join first_categories as f
        on k.person_id = f.person_id
)

select * from final

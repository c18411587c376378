-- What tells customers apart, of everybody in `rfm_segments`: how they buy, and how they visit.
with rfm_segments as (
    select * from {{ ref('rfm_segments') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_net_at_clock and person_id is not null
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind = 'item' and order_id is not null
),

products as (
    select * from {{ ref('products') }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where person_id is not null and not is_bot
),

clock as (
    select * from {{ ref('clock') }}
),

ordered as (
    select
        person_id,
        count(coupon_code) as coupon_order_count,
        sum(item_quantity) as item_quantity
    from orders
    group by person_id
),

chosen as (
    select
        o.person_id,
        count(distinct p.category) as category_count
    from orders as o
    inner join money_lines as m
        on o.source_name = m.source_name and o.order_id = m.order_id
    inner join products as p
        on m.source_name = p.source_name and m.product_id = p.product_id
    group by o.person_id
),

visited as (
    select
        s.person_id,
        count(*) as visit_count
    from sessions as s
    inner join clock
        on s.started_at < clock.as_of_at
    group by s.person_id
),

final as (
    select
        r.person_id,
        r.recency_days,
        r.order_count,
        coalesce(c.category_count, 0) as category_count,
        r.net_sales,
        cast(r.net_sales as double) / r.order_count as mean_order_value,
        cast(o.coupon_order_count as double) / r.order_count as coupon_share,
        cast(o.item_quantity as double) / r.order_count as units_per_order,
        cast(coalesce(v.visit_count, 0) as double) / r.order_count as visits_per_order
    from rfm_segments as r
    inner join ordered as o
        on r.person_id = o.person_id
    left join chosen as c
        on r.person_id = c.person_id
    left join visited as v
        on r.person_id = v.person_id
)

select * from final

-- What was bought, one row per order and product; repeated lines of a product are one.
with orders as (
    select * from {{ ref('orders') }}
    where is_order
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind in ('item', 'refund') and product_id is not null
),

items as (
    select * from {{ ref('int_recommendations__items') }}
),

buyers as (
    select * from {{ ref('int_recommendations__buyers') }}
),

clock as (
    select * from {{ ref('clock') }}
),

lines as (
    select
        source_name,
        order_id,
        product_id,
        max(case when kind = 'item' then amount end) as item_amount,
        min(case when kind = 'refund' then effective_at end) as returned_at
    from money_lines
    group by source_name, order_id, product_id
    having max(case when kind = 'item' then 1 end) = 1
),

final as (
    select
        b.person_number,
        i.item_number,
        dense_rank() over (order by o.source_name, o.order_id) as basket_number,
        l.item_amount,
        o.ordered_at,
        l.returned_at
    from lines as l
    inner join orders as o
        on l.source_name = o.source_name and l.order_id = o.order_id
    inner join buyers as b
        on o.person_id = b.person_id
    inner join items as i
        on l.source_name = i.source_name and l.product_id = i.product_id
    cross join clock as k
    where o.ordered_at < k.as_of_at
)

select * from final

-- With what a person began: the category of the line that cost most of the first order that is net
-- at the clock. Null where the source knows no categories.
with orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_net_at_clock
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind = 'item' and order_id is not null
),

products as (
    select * from {{ ref('products') }}
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

main_lines as (
    select
        f.person_id,
        m.source_name,
        m.product_id
    from first_orders as f
    inner join money_lines as m
        on f.source_name = m.source_name and f.order_id = m.order_id
    qualify row_number() over (
        partition by f.person_id
        order by m.native_amount desc, m.line_id desc
    ) = 1
),

final as (
    select
        m.person_id,
        p.category as first_category
    from main_lines as m
    left join products as p
        on m.source_name = p.source_name and m.product_id = p.product_id
)

select * from final

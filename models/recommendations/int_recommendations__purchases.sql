-- What was bought, one row per order and product; repeated lines of a product are one. A product
-- was given back once the refunds of its order are for as many pieces or as much money as were
-- bought, or for all that the order cost; less money is a lower price, and not a return.
with orders as (
    select * from {{ ref('orders') }}
    where is_order
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind in ('item', 'discount', 'refund', 'cancellation')
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

products as (
    select
        source_name,
        order_id,
        product_id,
        max(case when kind = 'item' then amount end) as item_amount,
        sum(case when kind = 'item' then quantity end) as pieces,
        case when min(currency) = max(currency) then sum(native_amount) end as paid
    from money_lines
    where kind in ('item', 'discount') and product_id is not null
    group by source_name, order_id, product_id
    having max(case when kind = 'item' then 1 end) = 1
),

whole_orders as (
    select
        source_name,
        order_id,
        min(currency) as currency,
        case when min(currency) = max(currency) then sum(native_amount) end as paid,
        sum(amount) as paid_in_base
    from money_lines
    where kind in ('item', 'discount')
    group by source_name, order_id
),

cancellations as (
    select
        source_name,
        order_id,
        min(effective_at) as cancelled_at
    from money_lines
    where kind = 'cancellation'
    group by source_name, order_id
),

refunds as (
    select
        source_name,
        order_id,
        product_id,
        currency,
        effective_at,
        sum(quantity) over (
            partition by source_name, order_id, product_id
            order by effective_at
        ) as pieces_back,
        -sum(native_amount) over (
            partition by source_name, order_id, product_id, currency
            order by effective_at
        ) as money_back,
        -sum(native_amount) over (
            partition by source_name, order_id, currency
            order by effective_at
        ) as money_back_of_order,
        -sum(amount) over (
            partition by source_name, order_id
            order by effective_at
        ) as back_in_base,
        min(currency) over (partition by source_name, order_id) as first_currency,
        max(currency) over (partition by source_name, order_id) as last_currency
    from money_lines
    where kind = 'refund'
),

-- Parts of a discount that was spread over lines do not add up to the cent. What was paid back in
-- another currency than the order's is compared in the base currency, of the whole order, where the
-- cents of the two and the rates of two days never meet; pieces are pieces in any.
returns as (
    select
        p.source_name,
        p.order_id,
        p.product_id,
        min(r.effective_at) as returned_at
    from products as p
    inner join whole_orders as o
        on p.source_name = o.source_name and p.order_id = o.order_id
    inner join refunds as r
        on p.source_name = r.source_name and p.order_id = r.order_id
    where
        (p.product_id = r.product_id and r.pieces_back >= p.pieces)
        or (
            o.currency = r.currency
            and (
                r.money_back_of_order >= o.paid - 0.01
                or (p.product_id = r.product_id and r.money_back >= p.paid - 0.01)
            )
        )
        or (
            (o.currency <> r.first_currency or o.currency <> r.last_currency)
            and o.paid_in_base > 0
            and {{ is_all_back('o.paid_in_base - r.back_in_base', 'o.paid_in_base') }}
        )
    group by p.source_name, p.order_id, p.product_id
),

final as (
    select
        b.person_number,
        i.item_number,
        dense_rank() over (order by o.source_name, o.order_id) as basket_number,
        l.item_amount,
        o.ordered_at,
        r.returned_at,
        c.cancelled_at
    from products as l
    inner join orders as o
        on l.source_name = o.source_name and l.order_id = o.order_id
    inner join buyers as b
        on o.person_id = b.person_id
    inner join items as i
        on l.source_name = i.source_name and l.product_id = i.product_id
    left join returns as r
        on
            l.source_name = r.source_name
            and l.order_id = r.order_id
            and l.product_id = r.product_id
    left join cancellations as c
        on l.source_name = c.source_name and l.order_id = c.order_id
    cross join clock as k
    where o.ordered_at < k.as_of_at
)

select * from final

-- The ledger in each order's own currency: one signed line for each item, discount, charge, refund
-- and cancellation, with the instant from which it counts.
with int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
),

int_order_lines__charged as (
    select * from {{ ref('int_order_lines__charged') }}
),

int_order_charges__current as (
    select * from {{ ref('int_order_charges__current') }}
),

int_refunds__net as (
    select * from {{ ref('int_refunds__net') }}
),

orders as (
    select * from int_orders__versions
    where is_current
),

-- A cancellation counts from the version that brought it. One without a time is as old as the
-- order: where a later version moves the order's day, it goes along.
cancellations as (
    select
        v.source_name,
        v.order_id,
        o.currency,
        greatest(min(coalesce(v.changed_at, o.ordered_at)), o.ordered_at) as cancelled_at
    from int_orders__versions as v
    inner join orders as o
        on v.source_name = o.source_name and v.order_id = o.order_id
    where v.status = 'cancelled' and o.status = 'cancelled'
    group by v.source_name, v.order_id, o.currency, o.ordered_at
),

items as (
    select
        source_name,
        order_id,
        concat_ws('|', 'item', order_id, line_key) as line_id,
        'item' as kind,
        cast(null as string) as refunded_customer_id,
        product_id,
        currency,
        quantity,
        cast(item_amount as decimal(38, 4)) as native_amount,
        ordered_at as effective_at
    from int_order_lines__charged
),

discounts as (
    select
        source_name,
        order_id,
        concat_ws('|', 'discount', order_id, line_key) as line_id,
        'discount' as kind,
        cast(null as string) as refunded_customer_id,
        product_id,
        currency,
        cast(null as bigint) as quantity,
        cast(-discount_amount as decimal(38, 4)) as native_amount,
        ordered_at as effective_at
    from int_order_lines__charged
    where discount_amount <> 0
),

-- A gift card pays part of an order: it is a deduction, like a discount, but not from sales.
charges as (
    select
        o.source_name,
        o.order_id,
        concat_ws('|', c.kind, o.order_id, c.charge_key) as line_id,
        c.kind,
        cast(null as string) as refunded_customer_id,
        cast(null as string) as product_id,
        o.currency,
        cast(null as bigint) as quantity,
        cast(case when c.kind = 'gift_card' then -abs(c.amount) else c.amount end as decimal(38, 4))
            as native_amount,
        o.ordered_at as effective_at
    from orders as o
    inner join int_order_charges__current as c
        on o.source_name = c.source_name and o.order_id = c.order_id
),

refunds as (
    select
        source_name,
        order_id,
        concat_ws('|', 'refund', refund_id) as line_id,
        'refund' as kind,
        customer_id as refunded_customer_id,
        product_id,
        currency,
        quantity,
        cast(-net_amount as decimal(38, 4)) as native_amount,
        refunded_at as effective_at
    from int_refunds__net
),

sales as (
    select * from items
    union all
    select * from discounts
    union all
    select * from refunds
),

-- A cancellation takes back what is left of the sale: items less discounts and earlier refunds. A
-- later refund pays back what the cancellation has taken already, so it is taken out again.
cancelled as (
    select
        c.source_name,
        c.order_id,
        concat_ws(
            '|',
            'cancellation',
            c.order_id,
            case when s.effective_at > c.cancelled_at then s.line_id end
        ) as line_id,
        'cancellation' as kind,
        cast(null as string) as refunded_customer_id,
        cast(null as string) as product_id,
        c.currency,
        cast(null as bigint) as quantity,
        cast(-sum(s.native_amount) as decimal(38, 4)) as native_amount,
        greatest(c.cancelled_at, s.effective_at) as effective_at
    from cancellations as c
    inner join sales as s
        on
            c.source_name = s.source_name
            and c.order_id = s.order_id
            and c.currency = s.currency
    group by
        c.source_name,
        c.order_id,
        c.currency,
        greatest(c.cancelled_at, s.effective_at),
        case when s.effective_at > c.cancelled_at then s.line_id end
),

final as (
    select * from items
    union all
    select * from discounts
    union all
    select * from charges
    union all
    select * from refunds
    union all
    select * from cancelled
)

select * from final

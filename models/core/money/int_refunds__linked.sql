-- Refunds with the order they take back. One that names an order has it; one that does not is
-- linked to the latest earlier order that was known as the customer's by then and whose line of
-- that product has at least its quantity, until that line's quantity is used up.
with landed as (
    {{ union_sources('refunds') }}
),

int_orders__named as (
    select * from {{ ref('int_orders__named') }}
),

int_orders__identified as (
    select * from {{ ref('int_orders__identified') }}
),

int_order_lines__current as (
    select * from {{ ref('int_order_lines__current') }}
),

refunds as (
    select *
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, refund_id
        order by batch_id desc, landed_row desc
    ) = 1
),

orders as (
    select
        source_name,
        order_id
    from int_orders__identified
),

-- Whom an order was known to be of, and since when.
owners as (
    select
        source_name,
        order_id,
        customer_id,
        ordered_at,
        known_at
    from int_orders__named
    union
    select
        source_name,
        order_id,
        customer_id,
        ordered_at,
        customer_known_at as known_at
    from int_orders__identified
    where customer_id is not null
),

candidates as (
    select
        r.source_name,
        r.refund_id,
        r.refunded_at,
        r.quantity as refunded_quantity,
        l.order_id,
        l.line_number,
        l.quantity as line_quantity
    from refunds as r
    inner join owners as o
        on
            r.source_name = o.source_name
            and r.customer_id = o.customer_id
            and r.refunded_at >= o.ordered_at
            and r.refunded_at >= o.known_at
    inner join int_order_lines__current as l
        on
            o.source_name = l.source_name
            and o.order_id = l.order_id
            and r.product_id = l.product_id
            and r.quantity <= l.quantity
    where r.order_id is null
    qualify row_number() over (
        partition by r.source_name, r.refund_id
        order by o.ordered_at desc, o.order_id desc, l.line_number asc
    ) = 1
),

-- Several refunds of one line count in turn; those beyond its quantity stay unlinked.
inferred as (
    select
        source_name,
        refund_id,
        order_id
    from candidates
    qualify sum(refunded_quantity) over (
        partition by source_name, order_id, line_number
        order by refunded_at, refund_id
    ) <= line_quantity
),

final as (
    select
        r.source_name,
        r.refund_id,
        coalesce(named.order_id, inferred.order_id) as order_id,
        r.customer_id,
        r.product_id,
        r.currency,
        r.reason,
        r.quantity,
        r.amount,
        inferred.order_id is not null as is_inferred_link,
        r.refunded_at
    from refunds as r
    left join orders as named
        on r.source_name = named.source_name and r.order_id = named.order_id
    left join inferred
        on r.source_name = inferred.source_name and r.refund_id = inferred.refund_id
)

select * from final

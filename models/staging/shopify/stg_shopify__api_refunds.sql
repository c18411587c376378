-- What came back of the goods of orders that the Admin API gave, line by line. Where a refund was
-- of another sum than its lines come to, an adjustment says so: more is a row of its own, and a
-- refund of less is one row, since nobody says of which line.
with api_orders as (
    select * from {{ ref('stg_shopify__api_orders') }}
),

api_lines as (
    select * from {{ ref('stg_shopify__api_lines') }}
),

opened as (
    select
        batch_id,
        landed_row,
        {{ rows_in_json(text_in_json('refunds', '$'), {
            'id': 'varchar', 'created_at': 'varchar', 'processed_at': 'varchar',
            'refund_line_items': 'varchar', 'order_adjustments': 'varchar',
        }) }}
    from api_orders
),

refunds as (
    select
        batch_id,
        landed_row,
        id as refund_id,
        coalesce(processed_at, created_at) as refunded_at,
        refund_line_items,
        order_adjustments
    from opened
),

refunded_lines as (
    select
        batch_id,
        landed_row,
        refund_id,
        refunded_at,
        {{ rows_in_json(text_in_json('refund_line_items', '$'), {
            'id': 'varchar', 'line_item_id': 'varchar', 'quantity': 'varchar',
            'subtotal': 'varchar', 'subtotal_set': 'varchar',
        }) }}
    from refunds
),

of_lines as (
    select
        *,
        coalesce({{ text_in_json('subtotal_set', '$.shop_money.amount') }}, subtotal) as raw_amount
    from refunded_lines
),

adjustments as (
    select
        batch_id,
        landed_row,
        refund_id,
        {{ rows_in_json(text_in_json('order_adjustments', '$'), {
            'kind': 'varchar', 'amount': 'varchar', 'amount_set': 'varchar',
        }) }}
    from refunds
),

of_adjustments as (
    select
        *,
        coalesce({{ text_in_json('amount_set', '$.shop_money.amount') }}, amount) as raw_amount
    from adjustments
    where kind = 'refund_discrepancy'
),

-- What was refunded beside the lines, or less than they come to (below 0).
beside as (
    select
        batch_id,
        landed_row,
        refund_id,
        -sum({{ exact_decimal('raw_amount') }}) as amount
    from of_adjustments
    group by batch_id, landed_row, refund_id
),

sums as (
    select
        batch_id,
        landed_row,
        refund_id,
        sum({{ exact_decimal('raw_amount') }}) as amount
    from of_lines
    group by batch_id, landed_row, refund_id
),

final as (
    select
        r.batch_id,
        r.landed_row,
        concat_ws('-', r.refund_id, r.id) as refund_key,
        l.product_id,
        r.quantity as raw_quantity,
        r.raw_amount,
        {{ exact_decimal('r.raw_amount') }} as amount,
        r.refunded_at
    from of_lines as r
    left join api_lines as l
        on
            r.batch_id = l.batch_id
            and r.landed_row = l.landed_row
            and r.line_item_id = l.line_item_id
    left join beside as b
        on
            r.batch_id = b.batch_id
            and r.landed_row = b.landed_row
            and r.refund_id = b.refund_id
    where coalesce(b.amount, 0) >= 0
    union all
    select
        b.batch_id,
        b.landed_row,
        b.refund_id as refund_key,
        cast(null as string) as product_id,
        cast(null as string) as raw_quantity,
        cast(b.amount as string) as raw_amount,
        cast(
            b.amount + case when b.amount < 0 then coalesce(s.amount, 0) else 0 end
            as decimal(18, 4)
        ) as amount,
        r.refunded_at
    from beside as b
    inner join refunds as r
        on
            b.batch_id = r.batch_id
            and b.landed_row = r.landed_row
            and b.refund_id = r.refund_id
    left join sums as s
        on
            b.batch_id = s.batch_id
            and b.landed_row = s.landed_row
            and b.refund_id = s.refund_id
)

select * from final

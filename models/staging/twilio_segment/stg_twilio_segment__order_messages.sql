-- What messages say of orders. `Order Completed` tells of one, `Order Updated` tells it again,
-- `Order Cancelled` takes it back; its lines and charges are those of the latest that has any.
with messages as (
    select * from {{ ref('stg_twilio_segment__messages') }}
    where
        message_type = 'track'
        and event_name in (
            'order_completed', 'order_updated', 'order_cancelled', 'order_refunded'
        )
),

products as (
    select
        batch_id,
        landed_row,
        {{ rows_in_json(text_in_json('products', '$'), {
            'price': 'varchar', 'quantity': 'varchar',
        }) }}
    from messages
),

sums as (
    select
        batch_id,
        landed_row,
        cast(sum({{ line_amount(
            noisy_decimal('price'), 'coalesce(' ~ whole_number('quantity') ~ ', 1)'
        ) }}) as decimal(18, 4)) as goods_amount
    from products
    group by batch_id, landed_row
),

placed as (
    select
        m.*,
        s.goods_amount,
        case when m.event_name = 'order_cancelled' then 'cancelled' else 'paid' end as status,
        -- What is said of an order later does not say when it was placed.
        min(m.occurred_at) over (partition by m.order_id) as ordered_at,
        -- By the specification the subtotal is after discounts; what the products cost above it was
        -- taken off, whatever `discount` says.
        cast(
            case
                when m.raw_discount is not null and m.discount is null then null
                when m.subtotal < s.goods_amount then s.goods_amount - m.subtotal
                when m.subtotal is null then coalesce(m.discount, 0)
                else 0
            end as decimal(18, 4)
        ) as order_discount,
        row_number() over (
            partition by m.order_id, m.event_name in ('order_completed', 'order_updated')
            order by m.occurred_at desc, m.batch_id desc, m.landed_row desc
        ) = 1
        and m.event_name in ('order_completed', 'order_updated') as is_latest
    from messages as m
    left join sums as s
        on m.batch_id = s.batch_id and m.landed_row = s.landed_row
),

final as (
    select
        source_name,
        batch_id,
        landed_row,
        data_until,
        landed_at,
        row_hash,
        raw_values,
        event_id,
        event_name,
        visitor_id,
        customer_id,
        email_hash,
        order_id,
        product_id,
        status,
        products,
        raw_total,
        raw_discount,
        raw_tax,
        raw_shipping,
        coupon_code,
        currency,
        goods_amount,
        order_discount,
        subtotal,
        total,
        discount,
        tax,
        shipping,
        is_latest,
        occurred_at,
        ordered_at
    from placed
)

select * from final

-- What came back of an order: the products that the message names at what was paid for them, else
-- its sum less the tax on it, else all of the goods; never more than those had cost.
with order_messages as (
    select * from {{ ref('stg_twilio_segment__order_messages') }}
),

orders as (
    select
        order_id,
        currency,
        goods_amount,
        goods_amount - order_discount as paid_amount,
        coalesce(tax, 0) as tax_amount
    from order_messages
    where is_latest and order_id is not null
),

refunds as (
    select
        m.*,
        coalesce(m.currency, o.currency) as refund_currency,
        o.paid_amount,
        case
            when m.goods_amount > 0
                then
                    cast(m.goods_amount as double) * coalesce(
                        cast(o.paid_amount as double) / nullif(cast(o.goods_amount as double), 0), 1
                    )
            when m.raw_total is not null and m.total is null then null
            when m.total is not null
                then
                    cast(m.total as double) * coalesce(
                        cast(o.paid_amount as double)
                        / nullif(cast(o.paid_amount + o.tax_amount as double), 0), 1
                    )
            else cast(o.paid_amount as double)
        end as told_amount
    from order_messages as m
    left join orders as o on m.order_id = o.order_id
    where m.event_name = 'order_refunded'
),

typed as (
    select
        source_name,
        row_hash,
        raw_values,
        batch_id,
        landed_row,
        data_until,
        landed_at,
        event_id as refund_id,
        order_id,
        customer_id,
        case
            when {{ text_in_json('products', '$[0]') }} is null then product_id
            when {{ text_in_json('products', '$[1]') }} is null
                then coalesce(
                    {{ text_in_json('products', '$[0].product_id') }},
                    {{ text_in_json('products', '$[0].sku') }}
                )
        end as product_id,
        refund_currency as currency,
        cast(null as string) as raw_quantity,
        cast(null as bigint) as quantity,
        raw_total as raw_amount,
        cast(
            round(
                case when told_amount > paid_amount then paid_amount else told_amount end, 4
            ) as decimal(18, 4)
        ) as amount,
        occurred_at as refunded_at
    from refunds
),

checked as (
    select
        *,
        coalesce(
            {{ refund_reason_code() }},
            {{ after_landed(['refunded_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('twilio_segment') }},
        refund_id,
        order_id,
        customer_id,
        product_id,
        currency,
        cast(null as string) as reason,
        quantity,
        amount,
        refunded_at
    from checked
)

select * from final

-- What came back of an order. The export has one sum of it, and says neither for which lines nor
-- when; the Admin API does.
with order_heads as (
    select * from {{ ref('stg_shopify__order_heads') }}
    where is_latest
),

api_refunds as (
    select * from {{ ref('stg_shopify__api_refunds') }}
),

taxed as (
    select
        *,
        case
            when coalesce(is_tax_included, {{ prices_include_tax('source_name') }}) then 0
            else coalesce(taxes, 0)
        end as tax_on_top
    from order_heads
    where raw_refunded is not null
),

-- The ordinary return: all goods, and not the shipping. Where that was taxed at the rate of the
-- goods, their part of the tax is known.
returned as (
    select
        *,
        coalesce(
            subtotal > 0
            and refunded_amount > 0
            and abs(
                cast(refunded_amount as double) - cast(subtotal as double)
                - cast(tax_on_top as double) * cast(subtotal as double)
                / (cast(subtotal as double) + cast(coalesce(shipping, 0) as double))
            ) < 0.0101,
            false
        ) as has_all_goods_back
    from taxed
),

-- Of the sum, the goods without a tax that came on top; what is more than they had cost was for
-- shipping, and neither is sales.
typed as (
    select
        source_name,
        batch_id,
        landed_row,
        data_until,
        landed_at,
        reason_code as order_reason_code,
        order_id as refund_id,
        order_id,
        cast(null as string) as product_id,
        currency,
        raw_refunded as raw_amount,
        cast(null as string) as raw_quantity,
        cast(null as bigint) as quantity,
        cast(
            case
                -- Engines pass over a null in `least`.
                when refunded_amount is null then null
                when has_all_goods_back then subtotal
                when tax_on_top = 0 or refunded_amount <= 0 then least(refunded_amount, subtotal)
                else round(
                    cast(subtotal as double) * least(refunded_amount, subtotal + tax_on_top)
                    / (subtotal + tax_on_top), 4
                )
            end as decimal(18, 4)
        ) as amount,
        coalesce(cancelled_at, ordered_at) as refunded_at
    from returned
    union all
    select
        o.source_name,
        o.batch_id,
        o.landed_row,
        o.data_until,
        o.landed_at,
        o.reason_code as order_reason_code,
        concat_ws('-', o.order_id, r.refund_key) as refund_id,
        o.order_id,
        r.product_id,
        o.currency,
        r.raw_amount,
        r.raw_quantity,
        {{ whole_number('r.raw_quantity') }} as quantity,
        r.amount,
        -- A cancellation takes back what is left: money that comes back later is part of it.
        case
            when {{ utc_instant('r.refunded_at') }} > o.cancelled_at then o.cancelled_at
            else {{ utc_instant('r.refunded_at') }}
        end as refunded_at
    from order_heads as o
    inner join api_refunds as r
        on o.batch_id = r.batch_id and o.landed_row = r.landed_row
),

checked as (
    select
        *,
        coalesce(
            order_reason_code,
            {{ refund_reason_code() }},
            {{ after_landed(['refunded_at']) }}
        ) as reason_code
    from typed
    where amount is distinct from 0
),

final as (
    select
        source_name,
        {{ row_hash(['refund_id', 'raw_amount']) }} as row_hash,
        reason_code,
        case
            when reason_code is not null
                then {{ raw_values(['refund_id', 'raw_amount', 'currency']) }}
        end as raw_values,
        batch_id,
        landed_row,
        data_until,
        refund_id,
        order_id,
        cast(null as string) as customer_id,
        product_id,
        currency,
        cast(null as string) as reason,
        quantity,
        amount,
        refunded_at
    from checked
)

select * from final

{%- set line_columns = ['order_id', 'product_name', 'sku', 'quantity', 'unit_price', 'discount'] -%}
{%- set order_columns = [
    'order_id', 'email_hash', 'ordered_at', 'status', 'fulfillment_status', 'currency',
    'coupon_code', 'subtotal', 'shipping', 'taxes', 'duties', 'total', 'refunded_amount',
    'cancelled_at',
] -%}

-- The orders export: each row is a line of an order; what the order says of itself stands on its
-- first row only.
with landed as (
    select * from {{ landed('shopify', 'orders_export') }}
    where line_items is null
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        landed_at,
        {{ row_hash(line_columns) }} as line_hash,
        {{ row_hash(order_columns) }} as order_hash,
        {{ raw_values(line_columns) }} as raw_line,
        {{ raw_values(order_columns | reject('equalto', 'email_hash') | list) }} as raw_order,
        {{ code_value('order_id') }} as order_id,
        {{ text_value('email_hash') }} as email_hash,
        lower({{ code_value('status') }}) as financial_status,
        lower({{ code_value('fulfillment_status') }}) as fulfillment_status,
        upper({{ code_value('currency') }}) as currency,
        {{ code_value('coupon_code') }} as coupon_code,
        -- A variant without a SKU is known by its name, here and in the products export.
        coalesce({{ code_value('sku') }}, {{ text_value('product_name') }}) as product_id,
        {{ code_value('subtotal') }} as raw_subtotal,
        {{ code_value('shipping') }} as raw_shipping,
        {{ code_value('taxes') }} as raw_taxes,
        {{ code_value('refunded_amount') }} as raw_refunded,
        {{ code_value('cancelled_at') }} as raw_cancelled_at,
        {{ code_value('quantity') }} as raw_quantity,
        {{ code_value('unit_price') }} as raw_unit_price,
        {{ code_value('discount') }} as raw_discount,
        {{ whole_number('quantity') }} as quantity,
        {{ exact_decimal('unit_price', 8) }} as unit_price,
        {{ exact_decimal('discount') }} as discount,
        {{ exact_decimal('subtotal') }} as subtotal,
        {{ exact_decimal('shipping') }} as shipping,
        {{ exact_decimal('taxes') }} as taxes,
        {{ exact_decimal('duties') }} as duties,
        {{ exact_decimal('total') }} as total,
        {{ exact_decimal('refunded_amount') }} as refunded_amount,
        {{ utc_instant('ordered_at') }} as ordered_at,
        {{ utc_instant('cancelled_at') }} as cancelled_at
    from landed
),

-- An order may come twice in a file that was put together from several: each time begins with a
-- first row.
headed as (
    select
        *,
        {{ line_amount('unit_price', 'quantity') }} as amount,
        max(
            case
                when coalesce(financial_status, currency, raw_subtotal) is not null then landed_row
            end
        ) over (
            partition by batch_id, order_id
            order by landed_row
        ) as head_row
    from typed
),

placed as (
    select
        *,
        coalesce(landed_row = head_row, false) as is_head,
        row_number() over (
            partition by batch_id, order_id, head_row
            order by landed_row
        ) as line_number,
        -- What was taken off the goods in all: `Discount Amount` holds what was taken off the
        -- shipping too.
        sum(amount) over (partition by batch_id, order_id, head_row)
        - max(subtotal) over (partition by batch_id, order_id, head_row) as taken_off,
        sum(discount) over (partition by batch_id, order_id, head_row) as own_discounts,
        count(*) over (partition by batch_id, order_id, head_row) as line_count,
        count(case when amount >= 0 then 1 end)
            over (partition by batch_id, order_id, head_row) as priced_count,
        sum(quantity) over (partition by batch_id, order_id, head_row) as pieces
    from headed
),

final as (
    select
        batch_id,
        landed_row,
        data_until,
        landed_at,
        line_hash,
        order_hash,
        raw_line,
        raw_order,
        order_id,
        email_hash,
        financial_status,
        fulfillment_status,
        currency,
        coupon_code,
        product_id,
        raw_subtotal,
        raw_shipping,
        raw_taxes,
        raw_refunded,
        raw_cancelled_at,
        raw_quantity,
        raw_unit_price,
        raw_discount,
        line_number,
        quantity,
        unit_price,
        amount,
        discount,
        subtotal,
        shipping,
        taxes,
        duties,
        total,
        refunded_amount,
        greatest(coalesce(taken_off, 0), 0) as taken_off,
        -- What is paid for beyond its lines, by more than half a cent a piece, was paid for lines
        -- that the file lacks, as one that is cut off does.
        case
            when is_head and priced_count = line_count and -taken_off > 0.005 * pieces
                then cast(-taken_off as decimal(18, 4))
        end as lacking_amount,
        line_count,
        own_discounts,
        is_head,
        -- A discount of a line counts as its own where all of them explain what was taken off.
        coalesce(own_discounts <= taken_off, false) as has_own_discounts,
        ordered_at,
        cancelled_at
    from placed
)

select * from final

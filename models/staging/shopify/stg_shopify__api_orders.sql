{%- set columns = [
    'order_id', 'email_hash', 'ordered_at', 'status', 'fulfillment_status', 'currency', 'subtotal',
    'total', 'cancelled_at', 'updated_at', 'is_test', 'taxes_included',
] -%}
{%- set parts = ['discount_codes', 'shipping_lines', 'line_items', 'refunds'] -%}

-- Orders as the Admin API gives them: each row is an order, its lines and refunds are JSON lists.
-- All money is the shop's; beside it stands what the buyer saw, perhaps in another currency.
with landed as (
    select * from {{ landed('shopify', 'orders_export') }}
    where line_items is not null
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        landed_at,
        {{ row_hash(columns + parts) }} as row_hash,
        {{ raw_values(columns | reject('equalto', 'email_hash') | list) }} as raw_values,
        {{ code_value('order_id') }} as order_id,
        {{ text_value('email_hash') }} as email_hash,
        lower({{ code_value('status') }}) as financial_status,
        lower({{ code_value('fulfillment_status') }}) as fulfillment_status,
        upper({{ code_value('currency') }}) as currency,
        {{ text_in_json('discount_codes', '$[0].code') }} as first_code,
        {{ code_value('subtotal') }} as raw_subtotal,
        {{ code_value('cancelled_at') }} as raw_cancelled_at,
        {{ code_value('updated_at') }} as raw_updated_at,
        {{ code_value('is_test') }} as raw_is_test,
        line_items,
        refunds,
        {{ exact_decimal('subtotal') }} as subtotal,
        {{ boolean_value('is_test') }} as is_test,
        {{ boolean_value('taxes_included') }} as is_tax_included,
        {{ utc_instant('ordered_at') }} as ordered_at,
        {{ utc_instant('cancelled_at') }} as cancelled_at,
        {{ utc_instant('updated_at') }} as updated_at
    from landed
),

shipping_lines as (
    select
        batch_id,
        landed_row,
        {{ rows_in_json(text_in_json('shipping_lines', '$'), {
            'price': 'varchar', 'price_set': 'varchar', 'discounted_price_set': 'varchar',
        }) }}
    from landed
),

shipping_amounts as (
    select
        batch_id,
        landed_row,
        coalesce(
            {{ text_in_json('discounted_price_set', '$.shop_money.amount') }},
            {{ text_in_json('price_set', '$.shop_money.amount') }},
            price
        ) as amount
    from shipping_lines
),

shipping as (
    select
        batch_id,
        landed_row,
        cast(sum({{ exact_decimal('amount') }}) as decimal(18, 4)) as shipping
    from shipping_amounts
    group by batch_id, landed_row
),

final as (
    select
        t.batch_id,
        t.landed_row,
        t.data_until,
        t.landed_at,
        t.row_hash,
        t.raw_values,
        t.order_id,
        t.email_hash,
        t.financial_status,
        t.fulfillment_status,
        t.currency,
        {{ code_value('t.first_code') }} as coupon_code,
        t.raw_subtotal,
        t.raw_cancelled_at,
        t.raw_updated_at,
        t.raw_is_test,
        t.line_items,
        t.refunds,
        t.subtotal,
        s.shipping,
        t.is_test,
        t.is_tax_included,
        t.ordered_at,
        t.cancelled_at,
        t.updated_at
    from typed as t
    left join shipping as s
        on t.batch_id = s.batch_id and t.landed_row = s.landed_row
)

select * from final

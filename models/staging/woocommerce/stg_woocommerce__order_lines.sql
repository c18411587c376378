-- The line items of each order, and its fees, which the platform counts as sales too. All of it is
-- without tax, whether the shop enters its prices with it or not. The report has one sum an order.
with order_heads as (
    select * from {{ ref('stg_woocommerce__order_heads') }}
    where not is_refund
),

items as (
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        {{ rows_in_json(text_in_json('line_items', '$'), {
            'id': 'varchar', 'name': 'varchar', 'product_id': 'varchar',
            'variation_id': 'varchar', 'sku': 'varchar', 'quantity': 'varchar',
            'subtotal': 'varchar', 'total': 'varchar',
        }) }}
    from order_heads
),

fees as (
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        {{ rows_in_json(text_in_json('fee_lines', '$'), {
            'id': 'varchar', 'name': 'varchar', 'total': 'varchar',
        }) }}
    from order_heads
),

lines as (
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        id,
        coalesce(
            {{ code_value('sku') }},
            nullif({{ code_value('variation_id') }}, '0'),
            nullif({{ code_value('product_id') }}, '0'),
            {{ text_value('name') }}
        ) as product_id,
        {{ code_value('quantity') }} as raw_quantity,
        {{ code_value('subtotal') }} as raw_amount,
        {{ code_value('total') }} as raw_total
    from items
    union all
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        id,
        concat('fee: ', coalesce({{ text_value('name') }}, '')) as product_id,
        '1' as raw_quantity,
        {{ code_value('total') }} as raw_amount,
        {{ code_value('total') }} as raw_total
    from fees
    where coalesce({{ exact_decimal('total') }} > 0, true)
    union all
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        '1' as id,
        coalesce(products, 'products of the order') as product_id,
        raw_quantity,
        raw_net_revenue as raw_amount,
        raw_net_revenue as raw_total
    from order_heads
    where is_report
),

typed as (
    select
        *,
        row_number() over (
            partition by batch_id, landed_row
            order by length(id) asc, id asc, product_id asc, raw_amount asc
        ) as line_number,
        {{ whole_number('raw_quantity') }} as quantity,
        cast(null as string) as raw_unit_price,
        cast(null as decimal(21, 8)) as unit_price,
        {{ exact_decimal('raw_amount') }} as charged_amount,
        {{ exact_decimal('raw_amount') }} as amount,
        raw_total as raw_discount,
        -- What coupons took off a line.
        cast({{ exact_decimal('raw_amount') }} - {{ exact_decimal('raw_total') }} as decimal(18, 4))
            as discount
    from lines
),

numbered as (
    select
        *,
        cast(line_number as string) as raw_line_number,
        {{ row_hash(['order_id', 'id', 'product_id', 'raw_quantity', 'raw_amount', 'raw_total']) }}
            as row_hash,
        {{ raw_values(['order_id', 'product_id', 'raw_quantity', 'raw_amount', 'raw_total']) }}
            as raw_values
    from typed
),

checked as (
    select
        *,
        {{ order_line_reason_code() }} as reason_code
    from numbered
),

final as (
    select
        {{ staged_facts('woocommerce') }},
        order_id,
        product_id,
        line_number,
        quantity,
        unit_price,
        amount,
        coalesce(discount, 0) as discount,
        true as is_by_position
    from checked
)

select * from final

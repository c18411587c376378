-- The lines of the orders that the Admin API gave, each with what all discounts took off it and
-- with its tax. Their ids grow in the order in which they were added.
with api_orders as (
    select * from {{ ref('stg_shopify__api_orders') }}
),

opened as (
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        {{ rows_in_json(text_in_json('line_items', '$'), {
            'id': 'varchar', 'sku': 'varchar', 'name': 'varchar', 'quantity': 'varchar',
            'price': 'varchar', 'price_set': 'varchar', 'discount_allocations': 'varchar',
            'tax_lines': 'varchar',
        }) }}
    from api_orders
),

lines as (
    select
        *,
        row_number() over (
            partition by batch_id, landed_row
            order by length(id), id, name, quantity, price
        ) as line_number,
        coalesce({{ text_in_json('price_set', '$.shop_money.amount') }}, price) as unit_price
    from opened
),

discounts as (
    select
        batch_id,
        landed_row,
        line_number,
        {{ rows_in_json(text_in_json('discount_allocations', '$'), {
            'amount': 'varchar', 'amount_set': 'varchar',
        }) }}
    from lines
),

taxes as (
    select
        batch_id,
        landed_row,
        line_number,
        {{ rows_in_json(text_in_json('tax_lines', '$'), {
            'price': 'varchar', 'price_set': 'varchar',
        }) }}
    from lines
),

parts as (
    select
        batch_id,
        landed_row,
        line_number,
        coalesce({{ text_in_json('amount_set', '$.shop_money.amount') }}, amount) as discount,
        cast(null as string) as tax
    from discounts
    union all
    select
        batch_id,
        landed_row,
        line_number,
        cast(null as string) as discount,
        coalesce({{ text_in_json('price_set', '$.shop_money.amount') }}, price) as tax
    from taxes
),

sums as (
    select
        batch_id,
        landed_row,
        line_number,
        sum({{ exact_decimal('discount') }}) as discount,
        sum({{ exact_decimal('tax') }}) as tax
    from parts
    group by batch_id, landed_row, line_number
),

typed as (
    select
        l.batch_id,
        l.landed_row,
        l.data_until,
        l.order_id,
        {{ code_value('l.id') }} as line_item_id,
        coalesce({{ code_value('l.sku') }}, {{ text_value('l.name') }}) as product_id,
        {{ code_value('l.quantity') }} as raw_quantity,
        {{ code_value('l.unit_price') }} as raw_unit_price,
        cast(s.discount as string) as raw_discount,
        l.line_number,
        {{ whole_number('l.quantity') }} as quantity,
        {{ exact_decimal('l.unit_price', 8) }} as unit_price,
        cast(coalesce(s.discount, 0) as decimal(18, 4)) as discount,
        cast(coalesce(s.tax, 0) as decimal(18, 4)) as tax
    from lines as l
    left join sums as s
        on
            l.batch_id = s.batch_id
            and l.landed_row = s.landed_row
            and l.line_number = s.line_number
),

final as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ row_hash(['order_id', 'product_id', 'raw_quantity', 'raw_unit_price', 'raw_discount']) }}
            as row_hash,
        {{ raw_values(['order_id', 'product_id', 'quantity', 'unit_price', 'discount']) }}
            as raw_values,
        order_id,
        line_item_id,
        product_id,
        raw_quantity,
        raw_unit_price,
        raw_discount,
        line_number,
        quantity,
        unit_price,
        discount,
        tax
    from typed
)

select * from final

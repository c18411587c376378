-- The products of an order, as the latest message that told of it has them.
with order_messages as (
    select * from {{ ref('stg_twilio_segment__order_messages') }}
    where is_latest
),

opened as (
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        {{ rows_in_json(text_in_json('products', '$'), {
            'product_id': 'varchar', 'sku': 'varchar', 'name': 'varchar', 'price': 'varchar',
            'quantity': 'varchar',
        }) }}
    from order_messages
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        coalesce(
            {{ code_value('product_id') }}, {{ code_value('sku') }}, {{ text_value('name') }}
        ) as product_id,
        row_number() over (
            partition by batch_id, landed_row
            order by product_id asc, sku asc, name asc, price asc, quantity asc
        ) as line_number,
        {{ code_value('price') }} as raw_unit_price,
        coalesce({{ code_value('quantity') }}, '1') as raw_quantity,
        cast(null as string) as raw_amount,
        cast(null as string) as raw_discount,
        cast(null as decimal(18, 4)) as charged_amount,
        cast(0 as decimal(18, 4)) as discount,
        cast({{ noisy_decimal('price') }} as decimal(21, 8)) as unit_price,
        coalesce({{ whole_number('quantity') }}, case when quantity is null then 1 end) as quantity
    from opened
),

priced as (
    select
        *,
        cast(line_number as string) as raw_line_number,
        {{ line_amount('unit_price', 'quantity') }} as amount,
        {{ row_hash(['order_id', 'product_id', 'raw_quantity', 'raw_unit_price']) }} as row_hash,
        {{ raw_values(['order_id', 'product_id', 'raw_quantity', 'raw_unit_price']) }}
            as raw_values
    from typed
),

checked as (
    select
        *,
        {{ order_line_reason_code() }} as reason_code
    from priced
),

final as (
    select
        {{ staged_facts('twilio_segment') }},
        order_id,
        product_id,
        line_number,
        quantity,
        unit_price,
        amount,
        discount,
        true as is_by_position
    from checked
)

select * from final

{%- set columns = [
    'order_id', 'line_number', 'product_id', 'quantity', 'unit_price', 'discount',
] -%}

with landed as (
    select * from {{ landed('shop', 'order_lines') }}
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns) }} as raw_values,
        {{ text_value('order_id') }} as order_id,
        {{ text_value('product_id') }} as product_id,
        {{ text_value('discount') }} as raw_discount,
        {{ whole_number('line_number') }} as line_number,
        {{ whole_number('quantity') }} as quantity,
        try_cast(unit_price as decimal(18, 4)) as unit_price,
        try_cast(discount as decimal(18, 4)) as discount
    from landed
),

checked as (
    select
        *,
        {{ order_line_reason_code() }} as reason_code
    from typed
),

final as (
    select
        'shop' as source_name,
        row_hash,
        reason_code,
        case when reason_code is not null then {{ redacted('raw_values') }} end as raw_values,
        batch_id,
        landed_row,
        data_until,
        order_id,
        product_id,
        line_number,
        quantity,
        unit_price,
        coalesce(discount, 0) as discount
    from checked
)

select * from final

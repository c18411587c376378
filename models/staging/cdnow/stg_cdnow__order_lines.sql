-- The one line of each order: so many CDs, for so many dollars in all.
with purchases as (
    select
        *,
        'cd' as product_id,
        1 as line_number,
        cast(null as string) as raw_unit_price,
        cast(null as decimal(21, 8)) as unit_price,
        raw_dollars as raw_amount,
        dollars as charged_amount,
        dollars as amount,
        '1' as raw_line_number,
        cast(null as string) as raw_discount,
        cast(0 as decimal(18, 4)) as discount,
        false as is_by_position
    from {{ ref('stg_cdnow__purchases') }}
),

checked as (
    select
        *,
        {{ order_line_reason_code() }} as reason_code
    from purchases
),

final as (
    select
        'cdnow' as source_name,
        row_hash,
        reason_code,
        raw_values,
        batch_id,
        landed_row,
        data_until,
        order_id,
        product_id,
        line_number,
        quantity,
        {{ unit_price_of('unit_price', 'amount', 'quantity') }} as unit_price,
        amount,
        discount,
        is_by_position
    from checked
)

select * from final

-- The one line of each order: so many CDs, for so many dollars in all. The price of one has four
-- decimals, which is right to the cent for up to 99 of them, more than anybody bought.
with purchases as (
    select
        *,
        'cd' as product_id,
        1 as line_number,
        case
            when quantity > 0 then cast(dollars / quantity as decimal(18, 4))
            else dollars
        end as unit_price,
        cast(null as string) as raw_discount,
        cast(0 as decimal(18, 4)) as discount
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
        unit_price,
        discount
    from checked
)

select * from final

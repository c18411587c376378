-- The current version of each accepted order line: that of the latest batch.
with landed as (
    {{ union_sources('order_lines') }}
),

final as (
    select
        source_name,
        order_id,
        product_id,
        batch_id,
        landed_row,
        line_number,
        quantity,
        unit_price,
        discount
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, order_id, line_number
        order by batch_id desc, landed_row desc
    ) = 1
)

select * from final

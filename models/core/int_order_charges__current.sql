-- The current version of each accepted charge of an order: that of the latest batch.
with landed as (
    {{ union_sources('order_charges') }}
),

final as (
    select
        source_name,
        order_id,
        kind,
        batch_id,
        landed_row,
        amount
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, order_id, kind
        order by batch_id desc, landed_row desc
    ) = 1
)

select * from final

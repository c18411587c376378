-- Products as they are now: the latest version of each.
with landed as (
    {{ union_sources('products') }}
),

current_versions as (
    select *
    from landed
    where reason_code is null
    qualify row_number() over (
        partition by source_name, product_id
        order by updated_at desc nulls last, batch_id desc, landed_row desc
    ) = 1
),

final as (
    select
        source_name,
        product_id,
        name,
        category_path,
        brand,
        description,
        price,
        cost,
        is_available,
        is_replenishable,
        updated_at
    from current_versions
)

select * from final

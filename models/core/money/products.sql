-- Products as they are now: the latest version of each.
with product_versions as (
    select * from {{ ref('product_versions') }}
    where is_current
),

final as (
    select
        source_name,
        product_id,
        name,
        category_path,
        {{ category('category_path', 'source_name') }} as category,
        brand,
        description,
        price,
        cost,
        is_available,
        is_replenishable,
        updated_at
    from product_versions
)

select * from final

{%- set columns = [
    'product_id', 'name', 'category_path', 'brand', 'price', 'cost', 'description',
    'is_available', 'is_replenishable', 'updated_at',
] -%}

with landed as (
    select * from {{ landed('shop', 'products') }}
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns) }} as raw_values,
        {{ text_value('product_id') }} as product_id,
        {{ text_value('name') }} as name,
        {{ text_value('category_path') }} as category_path,
        {{ text_value('brand') }} as brand,
        {{ text_value('description') }} as description,
        try_cast(price as decimal(18, 4)) as price,
        try_cast(cost as decimal(18, 4)) as cost,
        try_cast(is_available as boolean) as is_available,
        try_cast(is_replenishable as boolean) as is_replenishable,
        {{ utc_instant('updated_at') }} as updated_at
    from landed
),

checked as (
    select
        *,
        {{ product_reason_code() }} as reason_code
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
    from checked
)

select * from final

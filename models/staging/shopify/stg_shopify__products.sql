{%- set columns = [
    'handle', 'name', 'brand', 'product_category', 'product_type', 'status', 'option1', 'option2',
    'option3', 'sku', 'price', 'cost',
] -%}

-- The products export: each row is a variant, or only one more picture. What the product says of
-- itself stands on its first row.
with landed as (
    select
        *,
        case when coalesce(sku, price, option1) is not null then landed_row end as variant_at
    from {{ landed('shopify', 'products') }}
),

marked as (
    select
        *,
        max(variant_at) over (
            partition by batch_id, handle
            order by landed_row
        ) as variant_row
    from landed
),

-- A row with only a picture says again what the variant above it said: it is a copy of that.
filled as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ code_value('handle') }} as handle,
        max(name) over product as name,
        max(brand) over product as brand,
        max(product_category) over product as product_category,
        max(product_type) over product as product_type,
        max(status) over product as status,
        max(option1) over variant as option1,
        max(option2) over variant as option2,
        max(option3) over variant as option3,
        max(sku) over variant as sku,
        max(price) over variant as price,
        max(cost) over variant as cost
    from marked
    window
        product as (partition by batch_id, handle),
        variant as (partition by batch_id, handle, variant_row)
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ row_hash(columns) }} as row_hash,
        {{ as_landed(['price', 'cost']) }},
        {{ raw_values(columns) }} as raw_values,
        {{ code_value('sku') }} as sku,
        {{ text_value('name') }} as title,
        {{ text_value('brand') }} as brand,
        coalesce({{ text_value('product_type') }}, {{ text_value('product_category') }})
            as product_type,
        -- What an order calls the variant: its title and its options, where it has any.
        nullif(
            concat_ws(
                ' / ',
                nullif({{ text_value('option1') }}, 'Default Title'),
                {{ text_value('option2') }},
                {{ text_value('option3') }}
            ),
            ''
        ) as variant,
        lower({{ code_value('status') }}) as status,
        {{ exact_decimal('price') }} as price,
        {{ exact_decimal('cost') }} as cost
    from filled
),

named as (
    select
        *,
        concat_ws(' - ', title, variant) as name,
        coalesce(sku, nullif(concat_ws(' - ', title, variant), '')) as product_id
    from typed
),

checked as (
    select
        *,
        coalesce(
            {{ product_reason_code() }},
            {{ unreadable(['price', 'cost']) }},
            case
                when price < 0 then 'invalid_price'
                when cost < 0 then 'invalid_cost'
            end
        ) as reason_code
    from named
),

final as (
    select
        {{ staged_facts('shopify') }},
        product_id,
        name,
        -- Levels are parted by / here, and by > in Shopify's own taxonomy.
        replace(product_type, ' > ', '/') as category_path,
        brand,
        cast(null as string) as description,
        price,
        cost,
        status = 'active' as is_available,
        cast(null as boolean) as is_replenishable,
        cast(null as timestamp) as updated_at
    from checked
)

select * from final

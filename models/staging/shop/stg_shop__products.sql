{%- set optional = ['price', 'cost', 'is_available', 'is_replenishable', 'updated_at'] -%}

with landed as (
    select * from {{ landed('shop', 'products') }}
),

typed as (
    select
        {{ landed_facts('shop', 'products') }},
        {{ as_landed(optional) }},
        {{ code_value('product_id') }} as product_id,
        {{ text_value('name') }} as name,
        {{ text_value('category_path') }} as category_path,
        {{ text_value('brand') }} as brand,
        {{ text_value('description') }} as description,
        {{ exact_decimal('price') }} as price,
        {{ exact_decimal('cost') }} as cost,
        {{ boolean_value('is_available') }} as is_available,
        {{ boolean_value('is_replenishable') }} as is_replenishable,
        {{ utc_instant('updated_at') }} as updated_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ product_reason_code() }},
            {{ unreadable(optional) }},
            case
                when price < 0 then 'invalid_price'
                when cost < 0 then 'invalid_cost'
            end,
            {{ after_landed(['updated_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
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

-- Every product that is in a catalogue or was sold, with a number. Where a source has a catalogue,
-- what it no longer names cannot be bought; where nobody says what is in stock, all is.
with products as (
    select * from {{ ref('products') }}
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind = 'item' and product_id is not null
),

known as (
    select
        source_name,
        product_id
    from products
    union
    select
        source_name,
        product_id
    from money_lines
),

catalogues as (
    select distinct source_name from products
),

final as (
    select
        k.source_name,
        k.product_id,
        p.name,
        p.category,
        p.brand,
        row_number() over (order by k.source_name, k.product_id) as item_number,
        dense_rank() over (order by k.source_name) as source_number,
        cast(p.price as double) as price,
        case
            when p.product_id is not null then coalesce(p.is_available, true)
            else c.source_name is null
        end as is_available,
        p.is_replenishable
    from known as k
    left join products as p
        on k.source_name = p.source_name and k.product_id = p.product_id
    left join catalogues as c
        on k.source_name = c.source_name
)

select * from final

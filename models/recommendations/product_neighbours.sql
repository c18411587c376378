-- What goes with a product: those that the same people bought or looked at, as recommended by
-- `item_to_item`, of what can be bought.
with int_recommendations__neighbours as (
    select * from {{ ref('int_recommendations__neighbours') }}
    where cutoff = 'now'
),

items as (
    select * from {{ ref('int_recommendations__items') }}
),

clock as (
    select * from {{ ref('clock') }}
),

final as (
    select
        a.source_name,
        a.product_id,
        b.source_name as neighbour_source_name,
        b.product_id as neighbour_product_id,
        cast(n.place as bigint) as neighbour_rank,
        n.people_count,
        n.similarity,
        b.is_available,
        cast(k.as_of_at as date) as as_of_date
    from int_recommendations__neighbours as n
    inner join items as a
        on n.item_number = a.item_number
    inner join items as b
        on n.neighbour_number = b.item_number
    cross join clock as k
)

select * from final

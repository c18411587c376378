-- What each basket holds, by product and by category. Rules are told of items that have a number:
-- of a basket the first fifty that stand in most baskets, since sets grow with the cube of it.
{%- set most_items = 500 %}
{%- set most_in_a_basket = 50 %}

with clock as (
    select * from {{ ref('clock') }}
),

orders as (
    select
        o.source_name,
        o.order_id,
        -- An odd number, to which one is added for the basket's categories.
        2 * row_number() over (order by o.source_name, o.order_id) - 1 as basket_number
    from {{ ref('orders') }} as o
    cross join clock as k
    where o.is_order and o.ordered_at < k.as_of_at
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind = 'item' and product_id is not null
),

products as (
    select * from {{ ref('products') }}
),

-- Repeated lines of a product are one.
bought as (
    select distinct
        o.source_name,
        o.basket_number,
        m.product_id
    from money_lines as m
    inner join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
),

held as (
    select
        'product' as level,
        source_name,
        basket_number,
        product_id as item
    from bought
    union all
    select distinct
        'category' as level,
        b.source_name,
        b.basket_number + 1 as basket_number,
        p.category as item
    from bought as b
    inner join products as p
        on b.source_name = p.source_name and b.product_id = p.product_id
    where p.category is not null
),

ranked as (
    select
        level,
        source_name,
        item,
        count(*) >= {{ setting('basket_min_count') }} as is_frequent,
        row_number() over (partition by level, source_name order by count(*) desc, item asc)
            as popularity
    from held
    group by level, source_name, item
),

-- Through all levels and sources, by the alphabet in each: a set whose numbers rise is a sorted
-- list, and whole numbers are all that is joined and grouped by.
numbered as (
    select
        level,
        source_name,
        item,
        popularity,
        case
            when is_frequent and popularity <= {{ most_items }}
                then cast(row_number() over (
                    partition by is_frequent and popularity <= {{ most_items }}
                    order by level, source_name, item
                ) as int)
        end as item_number
    from ranked
),

placed as (
    select
        h.level,
        h.source_name,
        h.item,
        h.basket_number,
        n.item_number,
        row_number() over (partition by h.basket_number order by n.popularity) as place
    from held as h
    inner join numbered as n
        on h.level = n.level and h.source_name = n.source_name and h.item = n.item
),

final as (
    select
        level,
        source_name,
        item,
        basket_number,
        case when place <= {{ most_in_a_basket }} then item_number end as item_number,
        place,
        -- Once in a basket that holds more than are read of it.
        place = {{ most_in_a_basket + 1 }} as is_cut
    from placed
)

select * from final

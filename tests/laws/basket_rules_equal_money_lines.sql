-- A rule's counts are those of the ledger: the orders that hold all of its left side, its right
-- one, and both. Of products, in sets of up to three, of baskets of which nothing is cut off; and
-- of the 200 least likely rules of a source, since all of a large shop's are billions of rows.
-- If it breaks: models/behavior/int_baskets__lines.sql loses or repeats an item of a basket, or
-- int_baskets__sets.sql counts sets wrongly.
with ranked as (
    select
        *,
        case
            when item_count = 3 then {{ texts_in_json('left_items', ['$[0]', '$[1]']) }}
        end as items,
        row_number() over (
            partition by source_name
            order by p_value, item_count, left_items, right_item
        ) as rule_number
    from {{ ref('basket_rules') }}
    where level = 'product' and item_count < 4
),

rules as (
    select
        r.*,
        case when r.item_count = 3 then {{ nth_of('r.items', 1) }} else r.left_items end
            as left_one,
        case when r.item_count = 3 then {{ nth_of('r.items', 2) }} end as left_other
    from ranked as r
    inner join {{ ref('rule_settings') }} as s
        on
            r.level = s.level
            and r.source_name = s.source_name
            and r.item_count = s.item_count
    where r.rule_number <= 200 and s.cut_basket_count = 0
),

bought as (
    select
        m.source_name,
        m.product_id,
        m.order_id
    from {{ ref('money_lines') }} as m
    inner join {{ ref('orders') }} as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    cross join {{ ref('clock') }} as k
    where o.is_order and o.ordered_at < k.as_of_at and m.kind = 'item' and m.product_id is not null
    group by m.source_name, m.product_id, m.order_id
),

baskets as (
    select
        source_name,
        count(distinct order_id) as basket_count
    from bought
    group by source_name
),

single as (
    select
        source_name,
        product_id,
        count(*) as order_count
    from bought
    group by source_name, product_id
),

-- One row per rule and order that holds its left side, and whether it holds the right one.
held as (
    select
        r.source_name,
        r.left_items,
        r.right_item,
        count(*) as left_count,
        count(w.order_id) as both_count
    from rules as r
    inner join bought as a
        on r.source_name = a.source_name and r.left_one = a.product_id
    left join bought as b
        on
            r.source_name = b.source_name
            and r.left_other = b.product_id
            and a.order_id = b.order_id
    left join bought as w
        on
            r.source_name = w.source_name
            and r.right_item = w.product_id
            and a.order_id = w.order_id
    where r.left_other is null or b.order_id is not null
    group by r.source_name, r.left_items, r.right_item
)

select
    r.left_items,
    r.right_item,
    r.both_count,
    h.both_count as both_held,
    r.left_count,
    h.left_count as left_held,
    r.right_count,
    s.order_count as right_held,
    r.basket_count,
    n.basket_count as baskets_held
from rules as r
left join held as h
    on
        r.source_name = h.source_name
        and r.left_items = h.left_items
        and r.right_item = h.right_item
left join single as s
    on r.source_name = s.source_name and r.right_item = s.product_id
left join baskets as n
    on r.source_name = n.source_name
where
    coalesce(h.both_count, 0) <> r.both_count
    or coalesce(h.left_count, 0) <> r.left_count
    or coalesce(s.order_count, 0) <> r.right_count
    or coalesce(n.basket_count, 0) <> r.basket_count

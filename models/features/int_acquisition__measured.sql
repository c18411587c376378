-- How the buyers of each buyer's first category and channel came back, as each cut-off knew.
with int_purchases__measured as (
    select * from {{ ref('int_purchases__measured') }}
),

int_orders__measured as (
    select * from {{ ref('int_orders__measured') }}
),

int_first_visits__as_known as (
    select * from {{ ref('int_first_visits__as_known') }}
),

int_products__as_known as (
    select * from {{ ref('int_products__as_known') }}
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind = 'item' and order_id is not null
),

-- A category says something by how its earlier first buyers went on, beside all of the cut-off.
first_categories as (
    select
        o.cut_off_at,
        o.first_category,
        {{ repeat_lift('p.purchase_count', 'o.cut_off_at') }} as repeat_lift
    from int_orders__measured as o
    inner join int_purchases__measured as p
        on o.cut_off_at = p.cut_off_at and o.person_id = p.person_id
    where o.first_category is not null
    group by o.cut_off_at, o.first_category
),

-- Of several categories in a first order the one whose buyers come back least: who bought a gadget
-- with something dearer is not told that it speaks for them.
lowest as (
    select
        o.cut_off_at,
        o.person_id,
        min(f.repeat_lift) as repeat_lift
    from int_orders__measured as o
    inner join money_lines as m
        on o.first_source_name = m.source_name and o.first_order_id = m.order_id
    inner join int_products__as_known as p
        on
            o.cut_off_at = p.cut_off_at
            and m.source_name = p.source_name
            and m.product_id = p.product_id
    inner join first_categories as f
        on o.cut_off_at = f.cut_off_at and p.category = f.first_category
    group by o.cut_off_at, o.person_id
),

-- A channel says something, too.
channels as (
    select
        a.cut_off_at,
        a.channel,
        {{ repeat_lift('p.purchase_count', 'a.cut_off_at') }} as repeat_lift
    from int_first_visits__as_known as a
    inner join int_purchases__measured as p
        on a.cut_off_at = p.cut_off_at and a.person_id = p.person_id
    group by a.cut_off_at, a.channel
),

final as (
    select
        o.cut_off_at,
        o.person_id,
        l.repeat_lift as first_category_repeat_lift,
        h.repeat_lift as acquisition_channel_repeat_lift
    from int_orders__measured as o
    left join lowest as l
        on o.cut_off_at = l.cut_off_at and o.person_id = l.person_id
    left join int_first_visits__as_known as a
        on o.cut_off_at = a.cut_off_at and o.person_id = a.person_id
    left join channels as h
        on a.cut_off_at = h.cut_off_at and a.channel = h.channel
)

select * from final

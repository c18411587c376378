-- Everybody who bought a product before the clock, with a number: what is counted by people and
-- products is counted by numbers, which costs a quarter of what names do.
with orders as (
    select * from {{ ref('orders') }}
    where is_order and person_id is not null
),

clock as (
    select * from {{ ref('clock') }}
),

money_lines as (
    select distinct
        source_name,
        order_id
    from {{ ref('money_lines') }}
    where kind = 'item' and product_id is not null
),

customers as (
    select
        person_id,
        -- Whoever is held out of campaigns has no part in one that is made of lists.
        max(case when has_marketing_consent and not is_held_out then 1 else 0 end) = 1
            as may_be_contacted
    from {{ ref('customers') }}
    group by person_id
),

buyers as (
    select distinct o.person_id
    from orders as o
    inner join money_lines as m
        on o.source_name = m.source_name and o.order_id = m.order_id
    cross join clock as k
    where o.ordered_at < k.as_of_at
),

final as (
    select
        b.person_id,
        row_number() over (order by b.person_id) as person_number,
        coalesce(c.may_be_contacted, false) as may_be_contacted
    from buyers as b
    left join customers as c
        on b.person_id = c.person_id
)

select * from final

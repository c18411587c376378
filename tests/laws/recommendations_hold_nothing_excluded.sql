-- Ranks run from 1 without a hole, to ten at most; no list holds a product twice, one that cannot
-- be bought or was rated with two stars or fewer since it was last bought, nor more than three of a
-- category in `discovery`;
-- `discovery` holds nothing that was bought, `buy_again` only what was bought and kept, once where
-- the catalogue does not say that it is no refill; whoever has a list ordered in the last 365 days.
-- If it breaks: look at models/recommendations/recommendation_exclusions.sql, which counts by the
-- same columns, and at the masks in src/stayhouse/recommendations.
with lists as (
    select * from {{ ref('product_recommendations') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- What an order cost and what of it came back, by product, or of all where no product is said:
-- money in the currency of what was bought, and of the whole order in the base currency where some
-- came back in another; pieces in any.
ledger as (
    select
        m.source_name,
        m.order_id,
        m.product_id,
        m.kind,
        m.quantity,
        case
            when
                m.currency = max(case when m.kind in ('item', 'discount') then m.currency end)
                    over (partition by m.source_name, m.order_id)
                then m.native_amount
        end as native_amount,
        m.amount
    from {{ ref('money_lines') }} as m
    cross join clock as k
    where m.effective_at < k.as_of_at and m.kind in ('item', 'discount', 'refund', 'cancellation')
),

whole_orders as (
    select
        source_name,
        order_id,
        max(case when kind = 'cancellation' then 1 else 0 end) as is_cancelled,
        max(case when kind = 'refund' and native_amount is not null then 1 else 0 end)
            as is_refunded,
        sum(case when kind <> 'cancellation' then native_amount else 0 end) as money_left,
        max(case when kind = 'refund' and native_amount is null then 1 else 0 end) = 1
        and sum(case when kind in ('item', 'discount') then amount end) > 0
        and -sum(case when kind = 'refund' then amount end)
        >= 0.95 * sum(case when kind in ('item', 'discount') then amount end) as is_all_back
    from ledger
    group by source_name, order_id
),

ordered as (
    select
        o.person_id,
        l.source_name,
        l.product_id,
        max(o.ordered_at) as ordered_at,
        max(case when l.kind = 'item' then 1 else 0 end) as is_bought,
        bool_or(w.is_all_back or (w.is_refunded = 1 and w.money_left <= 0.01))
        or (
            max(case when l.kind = 'refund' then 1 else 0 end) = 1
            and (
                (
                    sum(l.native_amount) <= 0.01
                    and min(case when l.kind = 'refund' then l.native_amount end) is not null
                )
                or sum(case when l.kind = 'refund' then l.quantity end)
                >= sum(case when l.kind = 'item' then l.quantity end)
            )
        ) as is_given_back
    from ledger as l
    inner join whole_orders as w
        on l.source_name = w.source_name and l.order_id = w.order_id
    inner join {{ ref('orders') }} as o
        on l.source_name = o.source_name and l.order_id = o.order_id
    where l.product_id is not null and o.is_order and w.is_cancelled = 0
    group by o.person_id, l.order_id, l.source_name, l.product_id
),

bought as (
    select
        person_id,
        source_name,
        product_id,
        max(case when is_bought = 1 then ordered_at end) as last_at,
        sum(is_bought) as order_count,
        sum(case when is_given_back then 0 else is_bought end) as kept_count
    from ordered
    group by person_id, source_name, product_id
),

last_orders as (
    select
        o.person_id,
        max(o.ordered_at) as last_ordered_at
    from {{ ref('orders') }} as o
    cross join clock as k
    where o.is_order and o.ordered_at < k.as_of_at
    group by o.person_id
),

disliked as (
    select
        r.person_id,
        r.source_name,
        r.product_id,
        max(r.created_at) as disliked_at
    from {{ ref('reviews') }} as r
    cross join clock as k
    where r.rating <= 2 and r.created_at < k.as_of_at
    group by r.person_id, r.source_name, r.product_id
),

rows_that_break as (
    select
        l.person_id,
        l.list_kind,
        l.product_id
    from lists as l
    cross join clock as k
    left join {{ ref('products') }} as p
        on l.source_name = p.source_name and l.product_id = p.product_id
    left join bought as b
        on
            l.person_id = b.person_id
            and l.source_name = b.source_name
            and l.product_id = b.product_id
    left join disliked as d
        on
            l.person_id = d.person_id
            and l.source_name = d.source_name
            and l.product_id = d.product_id
    left join last_orders as o
        on l.person_id = o.person_id
    where
        not coalesce(p.is_available, true)
        or (d.person_id is not null and (b.last_at is null or d.disliked_at >= b.last_at))
        or (l.list_kind = 'discovery' and b.order_count > 0)
        or (
            l.list_kind = 'buy_again'
            and not (
                coalesce(b.kept_count, 0) >= 2
                or (coalesce(b.kept_count, 0) = 1 and coalesce(p.is_replenishable, true))
            )
        )
        or o.last_ordered_at is null
        or o.last_ordered_at < {{ add_days('k.as_of_at', -365) }}
),

lists_that_break as (
    select
        person_id,
        list_kind,
        cast(null as string) as product_id
    from lists
    group by person_id, list_kind
    having
        count(*) <> max(list_rank)
        or count(distinct list_rank) <> count(*)
        or count(distinct concat(source_name, ' ', product_id)) <> count(*)
        or max(list_rank) > 10
),

categories_that_break as (
    select
        l.person_id,
        l.list_kind,
        min(l.product_id) as product_id
    from lists as l
    inner join {{ ref('products') }} as p
        on l.source_name = p.source_name and l.product_id = p.product_id
    where l.list_kind = 'discovery' and p.category is not null
    group by l.person_id, l.list_kind, p.category
    having count(*) > 3
)

select * from rows_that_break
union all
select * from lists_that_break
union all
select * from categories_that_break

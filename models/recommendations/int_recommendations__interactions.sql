-- What each buyer had to do with each product, as it was at each cut-off. A purchase weighs 1, a
-- view, an add or a like alone a half, and half as much for each 90 days since the last of them;
-- what was disliked, or bought and never kept, weighs nothing.
{%- set half_life_days = 90 %}

with cutoffs as (
    select * from {{ ref('int_recommendations__cutoffs') }}
),

purchases as (
    select * from {{ ref('int_recommendations__purchases') }}
),

seen as (
    select * from {{ ref('int_recommendations__seen') }}
    where item_number is not null
),

people as (
    select * from {{ ref('int_recommendations__people') }}
),

-- One row each for what was bought, and for what was done besides: views and adds of late, a like
-- or a rating whenever it was.
actions as (
    select
        c.cutoff,
        p.person_number,
        p.item_number,
        1 as order_rows,
        0 as view_events,
        0 as add_events,
        0 as like_events,
        0 as dislike_events,
        case when p.returned_at < c.cutoff_at then 1 else 0 end as return_rows,
        p.ordered_at as bought_at,
        p.ordered_at as happened_at
    from purchases as p
    inner join cutoffs as c
        on
            p.ordered_at < c.cutoff_at
            and (p.cancelled_at is null or p.cancelled_at >= c.cutoff_at)
    union all
    select
        c.cutoff,
        o.person_number,
        o.item_number,
        0 as order_rows,
        case when o.kind = 'product_view' then 1 else 0 end as view_events,
        case when o.kind = 'add_to_cart' then 1 else 0 end as add_events,
        case when o.kind = 'like' then 1 else 0 end as like_events,
        case when o.rating <= 2 then 1 else 0 end as dislike_events,
        0 as return_rows,
        cast(null as timestamp) as bought_at,
        o.occurred_at as happened_at
    from seen as o
    inner join cutoffs as c
        on
            o.occurred_at < c.cutoff_at
            and (
                o.kind not in ('product_view', 'add_to_cart')
                or o.occurred_at
                >= {{ add_days('c.cutoff_at', '-' ~ setting('behavior_window_days')) }}
            )
    inner join people as b
        on c.cutoff = b.cutoff and o.person_number = b.person_number
),

counted as (
    select
        cutoff,
        person_number,
        item_number,
        sum(order_rows) as order_count,
        sum(view_events) as view_count,
        sum(add_events) as add_count,
        max(like_events) = 1 as is_liked,
        max(dislike_events) = 1 as is_disliked,
        -- Whoever buys again after a bad rating has changed their mind.
        coalesce(
            max(case when dislike_events = 1 then happened_at end) >= max(bought_at), false
        ) as is_disliked_since,
        max(return_rows) = 1 as is_returned,
        sum(order_rows) > 0 and sum(order_rows) = sum(return_rows) as is_never_kept,
        max(bought_at) as last_bought_at,
        max(happened_at) as last_at
    from actions
    group by cutoff, person_number, item_number
),

final as (
    select
        n.cutoff,
        n.person_number,
        n.item_number,
        cast(n.order_count as bigint) as order_count,
        cast(n.view_count as bigint) as view_count,
        cast(n.add_count as bigint) as add_count,
        -- After five years no less: a sum of nothings divides nothing.
        cast(case when n.is_disliked or n.is_never_kept then 0 else greatest(
            case when n.order_count > 0 then 1.0 else 0.5 end
            * power(
                0.5,
                cast(
                    {{ days_between('cast(n.last_at as date)', 'cast(c.cutoff_at as date)') }}
                    as double
                ) / {{ half_life_days }}
            ),
            0.000001
        ) end as decimal(9, 6)) as weight,
        n.is_liked,
        n.is_disliked,
        n.is_disliked_since,
        n.is_returned,
        n.last_bought_at,
        n.last_at
    from counted as n
    inner join cutoffs as c
        on n.cutoff = c.cutoff
)

select * from final

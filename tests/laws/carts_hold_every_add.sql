-- Every time that something was put into a cart is in exactly one cart; a cart that was bought is
-- one order's, and the order no other cart's.
-- If it breaks: models/behavior/int_carts__events.sql cuts carts wrongly or loses an event.
with added as (
    select coalesce(sum(s.cart_add_count), 0) as add_count
    from {{ ref('sessions') }} as s
    cross join {{ ref('clock') }} as k
    where
        not s.is_bot
        and s.started_at >= {{ add_days('k.as_of_at', '-' ~ setting('behavior_window_days')) }}
        and s.ended_at < k.as_of_at
),

held as (
    select coalesce(sum(add_count), 0) as add_count from {{ ref('carts') }}
)

select
    'adds' as what,
    cast(a.add_count as string) as one,
    cast(h.add_count as string) as other
from added as a
cross join held as h
where a.add_count <> h.add_count
union all
select
    'orders of carts' as what,
    concat_ws('|', order_source_name, order_id) as one,
    cast(count(*) as string) as other
from {{ ref('carts') }}
where order_id is not null
group by order_source_name, order_id
having count(*) > 1

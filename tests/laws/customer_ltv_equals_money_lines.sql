-- What customers have brought is the ledger's, person by person: booked until the clock, settled
-- that part of it whose return window has passed. Whoever has a net order at the clock is there,
-- once, and nobody else: no bot, no erased person, nobody whose orders were all given back. Settled
-- is above booked only where a young order has cost more than it brought.
-- If it breaks: a missing person is missing in value.int_value__persons, or has another order in
-- value.int_value__order_days than in core.orders; an amount that differs is a kind of line, a test
-- order or a line after the clock that value.customer_ltv counts.
with orders as (
    select * from {{ ref('orders') }}
),

bought as (
    select distinct o.person_id
    from orders as o
    inner join {{ ref('clock') }} as c
        on o.ordered_at < c.as_of_at
    where o.is_net_at_clock and o.person_id is not null
),

lines as (
    select
        m.person_id,
        m.amount,
        m.order_id is null or o.is_settled as is_settled
    from {{ ref('money_lines') }} as m
    cross join {{ ref('clock') }} as c
    left join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where
        m.effective_at < c.as_of_at
        and m.kind not in ('tax', 'shipping', 'gift_card')
        and not coalesce(o.is_test, false)
),

expected as (
    select
        b.person_id,
        cast(sum(l.amount) as decimal(38, 4)) as booked_net_sales,
        cast(sum(case when l.is_settled then l.amount else 0 end) as decimal(38, 4))
            as settled_net_sales
    from bought as b
    inner join lines as l
        on b.person_id = l.person_id
    group by b.person_id
),

pending as (
    select
        l.person_id,
        sum(case when l.is_settled then 0 else l.amount end) as pending_net_sales
    from lines as l
    group by l.person_id
),

changed as (
    {{ differences(
        'expected', ref('customer_ltv'), by=['person_id'],
        of=['booked_net_sales', 'settled_net_sales']
    ) }}
)

select person_id from changed
union all
select v.person_id
from {{ ref('customer_ltv') }} as v
inner join pending as p
    on v.person_id = p.person_id
where v.settled_net_sales > v.booked_net_sales and p.pending_net_sales >= 0

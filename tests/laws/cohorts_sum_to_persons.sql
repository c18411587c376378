-- What all cohorts have brought is what all persons have, but for what cohorts do not count: orders
-- of the open month and orders that are not net, refunds without an order, and, which persons do
-- not count, what is given back at the clock or later.
-- If it breaks: customer_ltv.sql or int_cohorts__channels.sql counts a ledger line that the other
-- does not: compare both with core.money_lines of one person.
with orders as (
    select
        o.source_name,
        o.order_id,
        o.is_test,
        coalesce(
            o.is_net_at_clock
            and o.ordered_at < c.as_of_at
            and o.local_day < cast(date_trunc('month', c.open_day) as date), false
        ) as is_of_cohort
    from {{ ref('orders') }} as o
    cross join {{ ref('clock') }} as c
),

lines as (
    select
        m.amount,
        coalesce(o.is_of_cohort, false) as is_of_cohort,
        m.effective_at < c.as_of_at as is_before_clock
    from {{ ref('money_lines') }} as m
    cross join {{ ref('clock') }} as c
    inner join {{ ref('customer_ltv') }} as l
        on m.person_id = l.person_id
    left join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where {{ is_sale_kind('m.kind') }} and not coalesce(o.is_test, false)
),

apart as (
    select
        coalesce(sum(case when is_before_clock and not is_of_cohort then amount end), 0)
            as of_persons_only,
        coalesce(sum(case when is_of_cohort and not is_before_clock then amount end), 0)
            as of_cohorts_only
    from lines
),

persons as (
    select coalesce(sum(booked_net_sales), 0) as net_sales
    from {{ ref('customer_ltv') }}
),

-- The last month of a cohort holds all of its months.
cohorts as (
    select coalesce(sum(net_sales), 0) as net_sales
    from {{ ref('ltv_by_cohort') }}
)

select
    p.net_sales as of_persons,
    c.net_sales as of_cohorts,
    a.of_persons_only,
    a.of_cohorts_only
from persons as p
cross join cohorts as c
cross join apart as a
where p.net_sales - a.of_persons_only <> c.net_sales - a.of_cohorts_only

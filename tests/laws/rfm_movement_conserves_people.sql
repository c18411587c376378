-- Who moves into a segment in a month is who is of it in history then, and who moves out of it in
-- the next one, or stays; the money of a month is the ledger's, of people since their first month.
-- If it breaks: models/segments/int_rfm__scored.sql says of the month before another segment than
-- that month says of itself, or drops what changed in a month in which nobody moved.
with months as (
    select distinct month
    from {{ ref('rfm_movement') }}
),

moved as (
    select
        month,
        to_segment as segment,
        sum(people_count) as people_in,
        sum(net_sales) as net_sales
    from {{ ref('rfm_movement') }}
    group by month, to_segment
),

left_behind as (
    select
        {{ period_number('month', "'month'") }} - 1 as month_number,
        from_segment as segment,
        sum(people_count) as people_out
    from {{ ref('rfm_movement') }}
    where from_segment <> 'none'
    group by month, from_segment
),

present as (
    select
        m.month,
        h.segment,
        count(*) as people_count
    from months as m
    inner join {{ ref('rfm_history') }} as h
        on m.month >= h.from_month and m.month <= coalesce(h.to_month, m.month)
    group by m.month, h.segment
),

last_months as (
    select max(month) as month
    from months
),

counted as (
    select
        p.month,
        p.segment
    from present as p
    cross join last_months as l
    full outer join moved as m
        on p.month = m.month and p.segment = m.segment
    left join left_behind as o
        on
            {{ period_number('p.month', "'month'") }} = o.month_number
            and p.segment = o.segment
    where
        p.people_count is distinct from m.people_in
        or (p.month < l.month and p.people_count is distinct from o.people_out)
        or (p.month = l.month and o.people_out is not null)
),

firsts as (
    select
        person_id,
        min(from_month) as first_month
    from {{ ref('rfm_history') }}
    group by person_id
),

lines as (
    select
        cast(date_trunc('month', {{ local_day('m.effective_at') }}) as date) as month,
        m.amount
    from {{ ref('money_lines') }} as m
    cross join {{ ref('clock') }} as c
    inner join firsts as f
        on m.person_id = f.person_id
    left join {{ ref('orders') }} as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where
        m.effective_at < c.as_of_at
        and {{ local_day('m.effective_at') }} >= f.first_month
        and {{ is_sale_kind('m.kind') }}
        and not coalesce(o.is_test, false)
),

ledger as (
    select
        month,
        sum(amount) as net_sales
    from lines
    group by month
),

sales as (
    select
        month,
        sum(net_sales) as net_sales
    from moved
    group by month
)

select
    month,
    segment
from counted
union all
select
    s.month,
    null as segment
from sales as s
left join ledger as l
    on s.month = l.month
where coalesce(s.net_sales, 0) <> coalesce(l.net_sales, 0)

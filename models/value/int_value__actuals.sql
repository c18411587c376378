-- What buyers did in the days after a cut-off, as it stands at the clock.
with int_value__horizons as (
    select * from {{ ref('int_value__horizons') }}
    where has_outcome
),

orders as (
    select * from {{ ref('orders') }}
    where
        is_order
        and person_id is not null
        and {{ is_churn_order('is_net_at_clock') }}
),

int_value__persons as (
    select * from {{ ref('int_value__persons') }}
),

spans as (
    select distinct
        cut_off_number,
        horizon_days,
        cut_off_at,
        outcome_at
    from int_value__horizons
),

-- No line of an order after the first of these cut-offs lies before it.
-- No line of an order after the first of these cut-offs lies before it.
earliest as (
    select min(cut_off_at) as first_at from spans
),

sales as (
    select
        m.source_name,
        m.order_id,
        sum(m.amount) as net_sales
    from {{ ref('money_lines') }} as m
    cross join {{ ref('clock') }} as c
    cross join earliest as e
    where
        m.effective_at < c.as_of_at
        and m.effective_at >= e.first_at
        and {{ is_sale_kind('m.kind') }}
    group by m.source_name, m.order_id
),

numbered as (
    select
        p.person_number,
        s.net_sales,
        o.local_day,
        o.ordered_at
    from orders as o
    inner join sales as s
        on o.source_name = s.source_name and o.order_id = s.order_id
    inner join int_value__persons as p
        on o.person_id = p.person_id
),

final as (
    select
        s.cut_off_number,
        s.horizon_days,
        o.person_number,
        count(distinct o.local_day) as order_day_count,
        cast(sum(o.net_sales) as decimal(38, 4)) as net_sales
    from spans as s
    inner join numbered as o
        on s.cut_off_at <= o.ordered_at and s.outcome_at > o.ordered_at
    group by s.cut_off_number, s.horizon_days, o.person_number
)

select * from final

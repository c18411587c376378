-- What was counted on each day that is over, and whether the day was an outage.
with orders as (
    select * from {{ ref('orders') }}
    where is_order
),

money_lines as (
    select * from {{ ref('money_lines') }}
),

customer_days as (
    select * from {{ ref('customer_days') }}
),

days as (
    select * from {{ ref('days') }}
    where is_day_complete
),

int_rhythm__holidays as (
    select * from {{ ref('int_rhythm__holidays') }}
),

sales as (
    select
        local_day,
        count(*) as order_count,
        sum(net_sales) as net_sales
    from orders
    group by local_day
),

-- By the day it was sold or given back on, so that no day changes later: what was known at an
-- earlier day is what a forecast from it reads. A refund that names no order counts too.
ledger as (
    select
        {{ local_day('m.effective_at') }} as local_day,
        sum(m.amount) as day_value
    from money_lines as m
    left join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where {{ is_sale_kind('m.kind') }} and (o.order_id is not null or m.order_id is null)
    group by {{ local_day('m.effective_at') }}
),

counted as (
    select
        'active_people' as measure,
        local_day,
        cast(count(distinct person_id) as decimal(38, 4)) as day_value
    from customer_days
    group by local_day
    union all
    select
        'orders' as measure,
        local_day,
        cast(order_count as decimal(38, 4)) as day_value
    from sales
    union all
    select
        'net_sales' as measure,
        local_day,
        net_sales as day_value
    from sales
    union all
    select
        'sales_less_returns' as measure,
        local_day,
        cast(day_value as decimal(38, 4)) as day_value
    from ledger
),

starts as (
    select
        measure,
        min(local_day) as first_day
    from counted
    group by measure
),

-- From its first day on each day has a row: nothing is a number too.
filled as (
    select
        s.measure,
        d.local_day,
        h.name as holiday,
        coalesce(c.day_value, 0) as day_value,
        {{ days_between("date '1969-12-29'", 'd.local_day') }} % 7 + 1 as weekday_number
    from days as d
    inner join starts as s
        on d.local_day >= s.first_day
    left join counted as c
        on s.measure = c.measure and d.local_day = c.local_day
    left join int_rhythm__holidays as h
        on d.local_day = h.local_day
),

-- Only days before: a forecast of that day knew as much. By weekday, since a shop may be closed on
-- Sundays.
usual as (
    select
        *,
        count(*) over last_weeks as usual_day_count,
        sum(day_value) over last_weeks as usual_value
    from filled
    window last_weeks as (
        partition by measure, weekday_number
        order by local_day rows between 4 preceding and 1 preceding
    )
),

-- A twentieth of plenty, not nothing: a day of UTC that is lost leaves the shop an hour of its own.
-- By chance a day of ten would be so quiet once in 22,000 days.
low as (
    select
        *,
        measure in ('active_people', 'orders')
        and holiday is null
        and usual_day_count = 4
        and usual_value >= 40
        and 80 * day_value <= usual_value as is_low
    from usual
),

-- Whether people or orders are missing: passers-by whom nothing keeps away do not make it a day.
judged as (
    select
        measure,
        local_day,
        weekday_number,
        holiday,
        day_value,
        case when usual_day_count = 4 then usual_value / 4 end as usual_value,
        bool_or(is_low) over (partition by local_day) as is_low
    from low
),

runs as (
    select
        *,
        max(case when not is_low then local_day end) over (
            partition by measure order by local_day
            rows between unbounded preceding and current row
        ) as latest_usual_day
    from judged
),

final as (
    select
        measure,
        cast(weekday_number as bigint) as weekday_number,
        holiday,
        cast(day_value as decimal(38, 4)) as day_value,
        cast(usual_value as double) as usual_value,
        -- What lasts longer than a week is no outage but what the shop is now.
        is_low and {{ days_between('latest_usual_day', 'local_day') }} <= 7 as is_outage,
        local_day
    from runs
)

select * from final

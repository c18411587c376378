-- Every day of a fact is in the calendar, which has no hole; its weeks and months are complete
-- where lifecycle has them, and not complete where it has not.
-- If it breaks: a fact lies outside of the bounds that models/core/events/days.sql takes from
-- core.clock, or retention.lifecycle calls another period complete: look at the open day of both.
with days as (
    select * from {{ ref('days') }}
),

lifecycle as (
    select * from {{ ref('lifecycle') }}
),

facts as (
    select local_day from {{ ref('orders') }}
    union
    select local_day from {{ ref('sessions') }}
    union
    select local_day from {{ ref('customer_days') }}
),

periods as (
    select
        'day' as period_grain,
        local_day as period_start,
        is_day_complete as is_complete
    from days
    union
    select
        'week' as period_grain,
        cast(date_trunc('week', local_day) as date) as period_start,
        is_week_complete as is_complete
    from days
    union
    select
        'month' as period_grain,
        cast(date_trunc('month', local_day) as date) as period_start,
        is_month_complete as is_complete
    from days
),

-- Before the first active person lifecycle has nothing to say.
told as (
    select
        period_grain,
        min(period_start) as first_start
    from lifecycle
    group by period_grain
)

select
    'fact' as offence,
    f.local_day
from facts as f
left join days as d
    on f.local_day = d.local_day
where d.local_day is null
union all
select
    'hole' as offence,
    min(local_day) as local_day
from days
having count(*) <> {{ days_between('min(local_day)', 'max(local_day)') }} + 1
union all
select
    p.period_grain as offence,
    p.period_start as local_day
from periods as p
inner join told as t
    on p.period_grain = t.period_grain and p.period_start >= t.first_start
left join lifecycle as l
    on p.period_grain = l.period_grain and p.period_start = l.period_start
where p.is_complete <> (l.period_start is not null)
union all
select
    l.period_grain as offence,
    l.period_start as local_day
from lifecycle as l
left join periods as p
    on l.period_grain = p.period_grain and l.period_start = p.period_start
where p.period_start is null

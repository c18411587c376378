-- The people of a period are those with an active day in it; the active days of a complete month
-- are those of its stickiness, which is their share of all days of its people.
-- If it breaks: lifecycle and stickiness cut days into periods differently: both take the local day
-- of customer_days.
with days as (
    select
        d.person_id,
        d.local_day,
        cast(date_trunc('month', d.local_day) as date) as month_start,
        c.open_day
    from {{ ref('customer_days') }} as d
    cross join {{ ref('clock') }} as c
    where d.local_day < c.open_day
),

expected as (
    select
        'day' as period_grain,
        local_day as period_start,
        count(distinct person_id) as active_count
    from days
    group by local_day
    union all
    select
        'week' as period_grain,
        cast(date_trunc('week', local_day) as date) as period_start,
        count(distinct person_id) as active_count
    from days
    where date_trunc('week', local_day) < date_trunc('week', open_day)
    group by date_trunc('week', local_day)
    union all
    select
        'month' as period_grain,
        month_start as period_start,
        count(distinct person_id) as active_count
    from days
    where month_start < date_trunc('month', open_day)
    group by month_start
),

months as (
    select
        month_start,
        max(monthly_active_count) as monthly_active_count,
        sum(people_count) as people_count,
        sum(people_count * active_day_count) as person_day_count,
        max(observed_day_count) as observed_day_count,
        max(stickiness) as stickiness,
        count(distinct stickiness) as ratio_count
    from {{ ref('stickiness') }}
    group by month_start
),

month_days as (
    select
        month_start,
        count(distinct person_id) as active_count,
        count(*) as person_day_count
    from days
    where month_start < date_trunc('month', open_day)
    group by month_start
)

select
    coalesce(e.period_grain, l.period_grain) as period_grain,
    coalesce(e.period_start, l.period_start) as period_start
from expected as e
full outer join {{ ref('lifecycle') }} as l
    on e.period_grain = l.period_grain and e.period_start = l.period_start
where coalesce(e.active_count, 0) <> coalesce(l.active_count, 0)
union all
select
    'stickiness' as period_grain,
    coalesce(m.month_start, d.month_start) as period_start
from months as m
full outer join month_days as d
    on m.month_start = d.month_start
where
    coalesce(m.monthly_active_count, 0) <> coalesce(d.active_count, 0)
    or coalesce(m.people_count, 0) <> coalesce(d.active_count, 0)
    or coalesce(m.person_day_count, 0) <> coalesce(d.person_day_count, 0)
    or m.ratio_count > 1
    or abs(
        m.stickiness * m.observed_day_count * d.active_count - d.person_day_count
    ) > 0.000001 * d.person_day_count

-- new + returning + resurrected = active(i); active(i) - active(i-1) = new + resurrected - lapsed;
-- no period is missing up to the last complete one; new people of a grain are everybody, once.
-- If it breaks: a person is in two states or in none in a period: look at how
-- models/retention/lifecycle.sql finds the period before.
with periods as (
    select
        l.*,
        {{ period_number('l.period_start', 'l.period_grain') }} as period_number,
        {{ period_number('c.open_day', 'l.period_grain') }} - 1 as last_complete_number
    from {{ ref('lifecycle') }} as l
    cross join {{ ref('clock') }} as c
),

sequenced as (
    select
        *,
        lag(active_count) over same_grain as previous_count,
        lag(period_number) over same_grain as previous_number,
        lead(period_number) over same_grain as next_number
    from periods
    window same_grain as (partition by period_grain order by period_number)
),

grains as (
    select
        period_grain,
        sum(new_count) as new_count
    from {{ ref('lifecycle') }}
    group by period_grain
),

people as (
    select
        g.period_grain,
        g.new_count,
        count(distinct d.person_id) as people_count
    from grains as g
    cross join {{ ref('clock') }} as c
    left join {{ ref('customer_days') }} as d
        on
            {{ period_number('d.local_day', 'g.period_grain') }}
            < {{ period_number('c.open_day', 'g.period_grain') }}
    group by g.period_grain, g.new_count
)

select
    period_grain,
    period_start,
    active_count
from sequenced
where
    new_count + returning_count + resurrected_count <> active_count
    or active_count - coalesce(previous_count, 0) <> new_count + resurrected_count - lapsed_count
    or least(new_count, returning_count, resurrected_count, lapsed_count) < 0
    or previous_number <> period_number - 1
    or (next_number is null and period_number <> last_complete_number)
union all
select
    period_grain,
    null as period_start,
    people_count as active_count
from people
where people_count <> new_count

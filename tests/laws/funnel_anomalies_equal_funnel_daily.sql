-- An alarm counts the sessions of its days as funnel_daily has them, began after 56 days of its
-- device, was found within a week, and lost what lies within its interval.
-- If it breaks: src/stayhouse/behavior/steps.py reads other days than it says, or one of the two
-- marts was built without the other.
with clock as (
    select * from {{ ref('clock') }}
),

funnel_daily as (
    select * from {{ ref('funnel_daily') }}
),

funnel_anomalies as (
    select * from {{ ref('funnel_anomalies') }}
),

counted as (
    select
        a.step,
        a.device,
        a.started_on,
        sum(case when d.local_day >= a.started_on then d.entered_count else 0 end) as entered_count,
        sum(case when d.local_day >= a.started_on then d.reached_count else 0 end) as reached_count,
        min(d.local_day) as first_day
    from funnel_anomalies as a
    cross join clock as c
    inner join funnel_daily as d
        on
            a.step = d.step
            and a.device in ('all', d.device)
            and d.local_day <= coalesce(
                a.ended_on, {{ add_days('a.back_since', -1, 'date') }}, c.open_day
            )
    group by a.step, a.device, a.started_on
)

select
    a.step,
    a.device,
    a.started_on
from funnel_anomalies as a
left join counted as c
    on a.step = c.step and a.device = c.device and a.started_on = c.started_on
where
    c.step is null
    or a.entered_count <> c.entered_count
    or a.reached_count <> c.reached_count
    or {{ days_between('c.first_day', 'a.started_on') }} < 56
    or {{ days_between('a.started_on', 'a.found_on') }} not between 0 and 6
    or coalesce(a.ended_on < a.found_on, false)
    or a.tail_probability >= a.alarm_level
    or not coalesce(a.lost_order_count between a.lost_order_low and a.lost_order_high, false)

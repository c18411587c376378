-- Whoever first ordered on a complete day is in each cut once (in months: in a complete one), comes
-- back or is censored, and is at risk until then; curves begin at 1, never rise and lie within
-- their interval.
-- If it breaks: look at the first orders at the edge of the clock and at who is censored in
-- models/retention/repeat_survival.sql.
with bought as (
    select
        o.person_id,
        {{ local_day('min(o.ordered_at)') }} as first_day,
        count(distinct {{ local_day('o.ordered_at') }}) as order_day_count,
        max(c.open_day) as open_day
    from {{ ref('orders') }} as o
    cross join {{ ref('clock') }} as c
    where
        o.is_net_at_clock
        and o.person_id is not null
        and {{ local_day('o.ordered_at') }} < c.open_day
    group by o.person_id
),

started as (
    select
        *,
        case when date_trunc('month', first_day) < date_trunc('month', open_day) then 1 else 0 end
            as is_in_month
    from bought
),

expected as (
    select
        count(*) as people_count,
        sum(case when order_day_count > 1 then 1 else 0 end) as repeat_count,
        sum(is_in_month) as people_in_months,
        sum(case when order_day_count > 1 then is_in_month else 0 end) as repeats_in_months
    from started
),

curves as (
    select
        *,
        lag(survival) over same_curve as previous_survival,
        lag(at_risk_count - repeat_count - censored_count) over same_curve as previous_left,
        row_number() over same_curve as place
    from {{ ref('repeat_survival') }}
    window same_curve as (
        partition by cut_kind, cohort_month, first_category
        order by days_since_first
    )
),

cuts as (
    select
        cut_kind,
        sum(repeat_count) as repeat_count,
        sum(repeat_count + censored_count) as people_count,
        sum(case when place = 1 then cohort_size else 0 end) as cohort_size
    from curves
    group by cut_kind
)

select
    c.cut_kind,
    c.people_count as counted
from cuts as c
cross join expected as e
where
    c.people_count <> c.cohort_size
    or c.cohort_size
    <> case when c.cut_kind in ('all', 'category') then e.people_count else e.people_in_months end
    or c.repeat_count
    <> case when c.cut_kind in ('all', 'category') then e.repeat_count else e.repeats_in_months end
union all
select
    cut_kind,
    days_since_first as counted
from curves
where
    at_risk_count <> coalesce(previous_left, cohort_size)
    or (place = 1 and (days_since_first <> 0 or survival <> 1))
    or survival > previous_survival
    or survival not between survival_low and survival_high
    or survival_low < 0
    or survival_high > 1
    or repeat_count + censored_count > at_risk_count
union all
select
    'all' as cut_kind,
    e.people_count as counted
from expected as e
left join cuts as c
    on c.cut_kind = 'all'
where e.people_count > 0 and c.cut_kind is null

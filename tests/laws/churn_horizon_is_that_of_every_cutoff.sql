-- Every cut-off asks for the one horizon; where no var chose it, it is no longer than the history
-- allows, and a month at least; the gaps behind it are those of the people's order days.
-- If it breaks: look at models/features/churn_horizon.sql; a var churn_horizon_days longer than the
-- history allows is no error of the data.
with order_days as (
    select distinct
        person_id,
        {{ local_day('ordered_at') }} as order_day
    from {{ ref('orders') }}
    where is_order and person_id is not null and {{ is_churn_order('is_net_at_clock') }}
),

-- A pair of order days with none between them is a gap.
pairs as (
    select
        a.order_day as began,
        min(b.order_day) as ended
    from order_days as a
    inner join order_days as b
        on a.person_id = b.person_id and a.order_day < b.order_day
    group by a.person_id, a.order_day
),

counted as (
    select count(*) as gap_count
    from pairs as p
    cross join {{ ref('clock') }} as c
    where p.ended - p.began <= 180 and {{ local_day('c.as_of_at') }} - p.began > 180
)

select
    h.horizon_days,
    h.max_days,
    h.gap_count,
    g.gap_count as expected,
    c.horizon_days as asked_for,
    c.cut_off_at
from {{ ref('churn_horizon') }} as h
cross join counted as g
left join {{ ref('churn_cutoffs') }} as c
    on h.horizon_days <> c.horizon_days
where
    c.cut_off_at is not null
    or h.gap_count <> g.gap_count
    or h.horizon_days < 1
    or (not h.is_from_var and h.horizon_days > greatest(h.max_days, 30))

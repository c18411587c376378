-- Everybody with an active day before the clock's local day has one state, that of the days since
-- the last one; and the state did not begin before the person did.
-- If it breaks: look at the days at the edges (7, 30) in models/retention/customer_lifecycle.sql,
-- and at days at or after the clock.
with days as (
    select
        d.person_id,
        count(*) as active_day_count,
        max(d.local_day) as last_active_day,
        max({{ days_between('d.local_day', 'c.open_day') }}) as days_since_first,
        min({{ days_between('d.local_day', 'c.open_day') }}) as days_since_last
    from {{ ref('customer_days') }} as d
    cross join {{ ref('clock') }} as c
    where d.local_day < c.open_day
    group by d.person_id
)

select
    coalesce(d.person_id, l.person_id) as person_id,
    d.days_since_last,
    l.lifecycle_state,
    l.days_in_state
from days as d
full outer join {{ ref('customer_lifecycle') }} as l
    on d.person_id = l.person_id
where
    d.active_day_count is distinct from l.active_day_count
    or d.last_active_day is distinct from l.last_active_day
    or d.days_since_last is distinct from l.days_since_active
    or l.days_in_state > d.days_since_first
    or l.lifecycle_state <> case
        when d.days_since_last < 8 then 'current'
        when d.days_since_last < 31 then 'idle_8_30'
        else 'idle_over_30'
    end
    or (l.lifecycle_state = 'idle_8_30' and l.days_in_state <> d.days_since_last - 8)
    or (l.lifecycle_state = 'idle_over_30' and l.days_in_state <> d.days_since_last - 31)
    or (l.lifecycle_state = 'current' and l.days_in_state < d.days_since_last)

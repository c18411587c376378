-- Cohort sizes of each cut sum to the people who started in a complete period, each once, however
-- they are sliced and whatever is withheld; read from orders.
-- If it breaks: a person starts twice or never: look at the first of each kind in
-- int_retention__activities, and at int_retention__people.
with starters as (
    select
        'order' as start_kind,
        person_id,
        {{ local_day('min(ordered_at)') }} as started_day
    from {{ ref('orders') }}
    where is_order and person_id is not null
    group by person_id
    union all
    select
        'net_order' as start_kind,
        person_id,
        {{ local_day('min(ordered_at)') }} as started_day
    from {{ ref('orders') }}
    where is_net_at_clock and person_id is not null
    group by person_id
),

cuts as (
    select
        cut_id,
        start_kind,
        cohort_grain,
        sum(case when period_index = 0 then cohort_size else 0 end) as people_count,
        sum(case when period_index = 0 then retained_count else 0 end) as retained_count
    from {{ ref('retention_cube') }}
    where
        clock_kind = 'calendar'
        and definition <> 'bracket'
        and start_kind in ('order', 'net_order')
    group by cut_id, start_kind, cohort_grain
),

expected as (
    select
        k.cut_id,
        count(*) as people_count
    from cuts as k
    inner join starters as s
        on k.start_kind = s.start_kind
    cross join {{ ref('clock') }} as c
    where
        case k.cohort_grain
            when 'day' then s.started_day < c.open_day
            when 'week' then date_trunc('week', s.started_day) < date_trunc('week', c.open_day)
            else date_trunc('month', s.started_day) < date_trunc('month', c.open_day)
        end
    group by k.cut_id
)

select
    k.cut_id,
    e.people_count as expected,
    k.people_count,
    k.retained_count
from cuts as k
left join expected as e
    on k.cut_id = e.cut_id
where
    e.people_count is distinct from k.people_count
    or e.people_count is distinct from k.retained_count

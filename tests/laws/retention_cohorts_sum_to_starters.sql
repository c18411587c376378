-- Cohort sizes sum to the people who started in a complete period, each once; read from orders.
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

grains as (
    select 'week' as cohort_grain
    union all
    select 'month' as cohort_grain
),

expected as (
    select
        s.start_kind,
        g.cohort_grain,
        count(*) as people_count
    from starters as s
    cross join {{ ref('clock') }} as c
    cross join grains as g
    where
        case g.cohort_grain
            when 'week' then date_trunc('week', s.started_day) < date_trunc('week', c.open_day)
            else date_trunc('month', s.started_day) < date_trunc('month', c.open_day)
        end
    group by s.start_kind, g.cohort_grain
),

cohorts as (
    select
        start_kind,
        cohort_grain,
        definition,
        sum(cohort_size) as people_count
    from {{ ref('cohort_retention') }}
    where period_index = 0
    group by start_kind, cohort_grain, definition
)

select
    e.start_kind,
    e.cohort_grain,
    c.definition,
    e.people_count as expected,
    c.people_count
from expected as e
full outer join cohorts as c
    on e.start_kind = c.start_kind and e.cohort_grain = c.cohort_grain
where e.people_count is distinct from c.people_count

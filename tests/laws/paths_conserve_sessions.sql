-- As often as people come to a kind of page they leave it; every session begins and ends once, in
-- transitions, steps and ways alike.
-- If it breaks: models/behavior/int_events__recent.sql numbers a session's events or finds the next
-- one wrongly, or seed page_kinds calls a kind `start` or `exit`.
with ends as (
    select
        from_kind as kind,
        transition_count as left_count,
        0 as reached_count
    from {{ ref('path_transitions') }}
    union all
    select
        to_kind as kind,
        0 as left_count,
        transition_count as reached_count
    from {{ ref('path_transitions') }}
),

balances as (
    select
        case when kind in ('start', 'exit') then 'start to exit' else kind end as subject,
        sum(left_count) as one,
        sum(reached_count) as other
    from ends
    group by case when kind in ('start', 'exit') then 'start to exit' else kind end
),

begun as (
    select coalesce(sum(transition_count), 0) as session_count
    from {{ ref('path_transitions') }}
    where from_kind = 'start'
),

counted as (
    select
        concat('step ', step_number) as subject,
        sum(session_count) as session_count
    from {{ ref('path_steps') }}
    group by step_number
    union all
    select
        'ways' as subject,
        coalesce(sum(session_count), 0) as session_count
    from {{ ref('top_paths') }}
)

select * from balances
where one <> other
union all
select
    c.subject,
    c.session_count as one,
    b.session_count as other
from counted as c
cross join begun as b
where c.session_count <> b.session_count

-- Where sessions are at their first ten events; whoever is through by then stands at `exit`.
with int_events__recent as (
    select
        event_number,
        {{ path_kind() }} as path_kind
    from {{ ref('int_events__recent') }}
    where event_number <= 10
),

counted as (
    select
        event_number as step_number,
        path_kind,
        count(*) as session_count
    from int_events__recent
    group by event_number, path_kind
),

steps as (
    select
        step_number,
        sum(session_count) as session_count
    from counted
    group by step_number
),

-- Every session has a first event.
counted_with_exits as (
    select
        step_number,
        path_kind,
        session_count
    from counted
    union all
    select
        s.step_number,
        'exit' as path_kind,
        f.session_count - s.session_count as session_count
    from steps as s
    inner join steps as f
        on f.step_number = 1 and s.session_count < f.session_count
),

final as (
    select
        step_number,
        path_kind,
        cast(session_count as bigint) as session_count,
        cast(session_count as double) / sum(session_count) over (partition by step_number)
            as session_share
    from counted_with_exits
)

select * from final

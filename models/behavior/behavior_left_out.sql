-- What of the window the room counts, and what it leaves out and why.
with int_events__recent as (
    select * from {{ ref('int_events__recent') }}
),

events as (
    select * from {{ ref('events') }}
    where visitor_id is null
),

sessions as (
    select * from {{ ref('sessions') }}
),

clock as (
    select
        as_of_at,
        {{ add_days('as_of_at', '-' ~ setting('behavior_window_days')) }} as from_at
    from {{ ref('clock') }}
),

judged as (
    select
        s.event_count,
        case
            when s.is_bot then 'bot'
            when s.started_at < k.from_at or s.ended_at >= k.as_of_at then 'cut_by_window'
            else 'counted'
        end as reason
    from sessions as s
    inner join clock as k
        on s.started_at < k.as_of_at and s.ended_at >= k.from_at
),

visits as (
    select
        reason,
        count(*) as session_count,
        sum(event_count) as event_count
    from judged
    group by reason
),

steps as (
    select count(*) as event_count from int_events__recent
),

-- Of the sessions that count, what is no step.
pings as (
    select v.event_count - s.event_count as event_count
    from visits as v
    cross join steps as s
    where v.reason = 'counted'
),

strangers as (
    select count(*) as event_count
    from events as e
    inner join clock as k
        on e.occurred_at >= k.from_at and e.occurred_at < k.as_of_at
),

reasons as (
    select
        v.reason,
        v.session_count,
        case when v.reason = 'counted' then s.event_count else v.event_count end as event_count
    from visits as v
    cross join steps as s
    union all
    select
        'ping' as reason,
        0 as session_count,
        event_count
    from pings
    union all
    select
        'without_visitor' as reason,
        0 as session_count,
        event_count
    from strangers
),

final as (
    select
        reason,
        cast(session_count as bigint) as session_count,
        cast(event_count as bigint) as event_count
    from reasons
    where event_count > 0
)

select * from final

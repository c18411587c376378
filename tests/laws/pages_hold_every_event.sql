-- The room behavior counts every event of the sessions that began within the window and were over
-- at the clock, but bots' and pings, and nothing else; devices sum to `all`.
-- If it breaks: models/behavior/int_events__recent.sql loses events on the way to their session, or
-- takes them twice.
with window_sessions as (
    select s.*
    from {{ ref('sessions') }} as s
    cross join {{ ref('clock') }} as k
    where
        not s.is_bot
        and s.started_at >= {{ add_days('k.as_of_at', '-' ~ setting('behavior_window_days')) }}
        and s.ended_at < k.as_of_at
),

pings as (
    select count(*) as ping_count
    from {{ ref('events') }} as e
    inner join window_sessions as s
        on
            e.source_name = s.source_name
            and e.visitor_id = s.visitor_id
            and e.occurred_at between s.started_at and s.ended_at
    where e.event_type in ('engagement', 'interaction')
),

visited as (
    select coalesce(sum(event_count), 0) as event_count from window_sessions
),

facts as (
    select v.event_count - p.ping_count as event_count
    from visited as v
    cross join pings as p
),

told as (
    select
        coalesce(sum(case when device_type = 'all' then event_count end), 0) as event_count,
        coalesce(sum(case when device_type <> 'all' then event_count end), 0) as device_event_count
    from {{ ref('page_dwell') }}
),

moved as (
    select coalesce(sum(transition_count), 0) as event_count
    from {{ ref('path_transitions') }}
    where from_kind <> 'start'
)

select
    f.event_count,
    t.event_count as page_event_count,
    t.device_event_count,
    m.event_count as path_event_count
from facts as f
cross join told as t
cross join moved as m
where
    f.event_count <> t.event_count
    or f.event_count <> t.device_event_count
    or f.event_count <> m.event_count

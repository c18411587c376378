-- Every event of a visitor is in exactly one session, and in exactly one visitor day.
-- If it breaks: int_sessions__merged or int_visitor_days__merged lost or doubled an event: run `dbt
-- build --full-refresh` once; if it stays, look at how late events join.
with events as (
    select
        source_name,
        visitor_id,
        count(*) as event_count
    from {{ ref('events') }}
    where visitor_id is not null
    group by source_name, visitor_id
),

sessions as (
    select
        source_name,
        visitor_id,
        sum(event_count) as event_count
    from {{ ref('sessions') }}
    group by source_name, visitor_id
),

visitor_days as (
    select
        source_name,
        visitor_id,
        sum(event_count) as event_count
    from {{ ref('visitor_days') }}
    group by source_name, visitor_id
)

select
    coalesce(e.visitor_id, s.visitor_id, d.visitor_id) as visitor_id,
    e.event_count as events,
    s.event_count as in_sessions,
    d.event_count as in_visitor_days
from events as e
full outer join sessions as s
    on e.source_name = s.source_name and e.visitor_id = s.visitor_id
full outer join visitor_days as d
    on e.source_name = d.source_name and e.visitor_id = d.visitor_id
where
    e.event_count is distinct from s.event_count
    or e.event_count is distinct from d.event_count

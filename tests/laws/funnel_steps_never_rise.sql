-- A funnel of sessions begins with each session of the window that has its first event, bots left
-- out; no step has more than came to it, which are those of the step before; and slices of a kind
-- add up to all.
-- If it breaks: models/behavior/int_funnels__reached.sql counts a step before the one that it
-- follows, or models/behavior/funnel_steps.sql loses a slice.
with clock as (
    select
        as_of_at,
        {{ add_days('as_of_at', '-' ~ setting('behavior_window_days')) }} as window_from
    from {{ ref('clock') }}
),

funnel_steps as (
    select * from {{ ref('funnel_steps') }}
),

sessions as (
    select s.*
    from {{ ref('sessions') }} as s
    inner join clock as k
        on s.started_at >= k.window_from and s.ended_at < k.as_of_at
    where not s.is_bot
),

begun as (
    select
        f.funnel,
        count(distinct s.session_id) as entered_count
    from {{ ref('funnels') }} as f
    inner join {{ ref('events') }} as e
        on f.event_type = e.event_type
    inner join sessions as s
        on
            e.source_name = s.source_name
            and e.visitor_id = s.visitor_id
            and e.occurred_at between s.started_at and s.ended_at
    where f.step_number = '1' and f.scope = 'session' and f.page_kind is null
    group by f.funnel
),

told as (
    select
        t.funnel,
        cast(sum(t.entered_count) as bigint) as entered_count
    from funnel_steps as t
    inner join {{ ref('funnels') }} as f
        on t.funnel = f.funnel
    where
        t.slice_kind = 'all'
        and t.step_number = 1
        and f.step_number = '1'
        and f.scope = 'session'
        and f.page_kind is null
    group by t.funnel
),

changed as (
    {{ differences('begun', 'told', by=['funnel'], of=['entered_count']) }}
),

sums as (
    select
        funnel,
        slice_kind,
        is_mature,
        step_number,
        sum(entered_count) as entered_count,
        sum(reached_count) as reached_count
    from funnel_steps
    group by funnel, slice_kind, is_mature, step_number
),

risen as (
    select t.funnel
    from funnel_steps as t
    left join funnel_steps as b
        on
            t.funnel = b.funnel
            and t.slice_kind = b.slice_kind
            and t.slice = b.slice
            and t.is_mature = b.is_mature
            and t.step_number = b.step_number + 1
    where
        t.reached_count > t.entered_count
        or t.entered_count is distinct from coalesce(b.reached_count, t.reached_count)
        or (t.step_number > 1 and b.funnel is null)
)

select funnel from changed
union all
select funnel from risen
union all
select s.funnel
from sums as s
inner join sums as a
    on
        s.funnel = a.funnel
        and s.is_mature = a.is_mature
        and s.step_number = a.step_number
        and a.slice_kind = 'all'
where s.entered_count <> a.entered_count or s.reached_count <> a.reached_count

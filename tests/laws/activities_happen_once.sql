{{ config(group='retention') }}
-- Every order and every visit of a person before the clock is one activity, of each kind that it is
-- of, and no event is more than one.
-- If it breaks: look at the joins of models/retention/int_retention__activities.sql: a person has
-- two numbers, or an event two owners, or one of them is lost.
with wanted_kinds as (
    select start_kind as activity_kind from {{ ref('int_retention__cuts') }}
    union
    select return_kind as activity_kind from {{ ref('int_retention__cuts') }}
),

happened as (
    select
        'order' as activity_kind,
        ordered_at as occurred_at
    from {{ ref('orders') }}
    where is_order and person_id is not null
    union all
    select
        'net_order' as activity_kind,
        ordered_at as occurred_at
    from {{ ref('orders') }}
    where is_order and is_net_at_clock and person_id is not null
    union all
    select
        'visit' as activity_kind,
        started_at as occurred_at
    from {{ ref('sessions') }}
    where not is_bot and person_id is not null
    union all
    select
        event_type as activity_kind,
        occurred_at
    from {{ ref('events') }}
),

expected as (
    select
        h.activity_kind,
        h.occurred_at,
        count(*) as happened_count
    from happened as h
    inner join wanted_kinds as w
        on h.activity_kind = w.activity_kind
    cross join {{ ref('clock') }} as c
    where h.occurred_at < c.as_of_at
    group by h.activity_kind, h.occurred_at
),

counted as (
    select
        activity_kind,
        occurred_at,
        count(*) as activity_count
    from {{ ref('int_retention__activities') }}
    group by activity_kind, occurred_at
)

select
    coalesce(e.activity_kind, c.activity_kind) as activity_kind,
    coalesce(e.occurred_at, c.occurred_at) as occurred_at,
    e.happened_count,
    c.activity_count
from expected as e
full outer join counted as c
    on e.activity_kind = c.activity_kind and e.occurred_at = c.occurred_at
where
    e.happened_count is null
    or c.activity_count > e.happened_count
    or (
        e.activity_kind in ('order', 'net_order', 'visit')
        and c.activity_count is distinct from e.happened_count
    )

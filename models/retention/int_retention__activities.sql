-- What a person can start with and come back with, one row for each time it happened before the
-- clock, of the kinds that a cut asks for. Rows carry no id of their session, order or event:
-- reading and storing the ids of all visits would cost more than the rest of this model.
with int_retention__cuts as (
    select * from {{ ref('int_retention__cuts') }}
),

orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_order
),

sessions as (
    select * from {{ ref('sessions') }}
    where person_id is not null and not is_bot
),

events as (
    select * from {{ ref('events') }}
),

visitor_days as (
    select * from {{ ref('visitor_days') }}
    where is_bot
),

identity_map as (
    select * from {{ ref('identity_map') }}
),

clock as (
    select * from {{ ref('clock') }}
),

int_retention__people as (
    select * from {{ ref('int_retention__people') }}
),

wanted_kinds as (
    select start_kind as activity_kind from int_retention__cuts
    union
    select return_kind as activity_kind from int_retention__cuts
),

bot_days as (
    select distinct
        source_name,
        visitor_id,
        local_day
    from visitor_days
),

-- Events of a kind are few beside all events: only they are looked up, and only those that name
-- nobody are looked up in the identity map.
wanted_events as (
    select
        e.source_name,
        e.event_type,
        e.customer_id,
        e.visitor_id,
        case when e.customer_id is null then e.visitor_id end as unnamed_visitor_id,
        {{ local_day('e.occurred_at') }} as local_day,
        e.occurred_at
    from events as e
    inner join wanted_kinds as w
        on e.event_type = w.activity_kind
),

owned_events as (
    select
        {{ known_person_id('e.source_name', 'e.customer_id', 'e.visitor_id', 'e.occurred_at') }}
            as person_id,
        e.event_type,
        e.local_day,
        e.occurred_at
    from wanted_events as e
    left join identity_map as i
        on
            e.source_name = i.source_name
            and e.unnamed_visitor_id = i.visitor_id
            and e.occurred_at >= i.valid_from
            and e.occurred_at < i.valid_to
    left join bot_days as b
        on
            e.source_name = b.source_name
            and e.visitor_id = b.visitor_id
            and e.local_day = b.local_day
    where b.visitor_id is null
),

activities as (
    select
        person_id,
        'order' as activity_kind,
        local_day,
        ordered_at as occurred_at
    from orders
    union all
    -- A net order is one that is net at the clock.
    select
        person_id,
        'net_order' as activity_kind,
        local_day,
        ordered_at as occurred_at
    from orders
    where is_net_at_clock
    union all
    -- A visit happens when it begins: one that goes on past midnight is no return of the next day.
    select
        person_id,
        'visit' as activity_kind,
        local_day,
        started_at as occurred_at
    from sessions
    union all
    select
        person_id,
        event_type as activity_kind,
        local_day,
        occurred_at
    from owned_events
    where person_id is not null
),

final as (
    select
        p.person_number,
        a.activity_kind,
        a.local_day,
        a.occurred_at
    from activities as a
    inner join wanted_kinds as w
        on a.activity_kind = w.activity_kind
    inner join int_retention__people as p
        on a.person_id = p.person_id
    cross join clock
    where clock.as_of_at > a.occurred_at
)

select * from final

-- What people did in the last `behavior_window_days`: the events of whole sessions, in their order.
-- What is no step of a visit is left out: a ping that a page is still read, and a click without a
-- meaning of ours. This is the room's only scan of events; what is left out is counted in
-- `behavior_left_out`. Who did it, on what, stands in `int_sessions__recent` under the number.
{%- set few = "v.event_type in ('add_to_cart', 'remove_from_cart')" %}

with events as (
    select * from {{ ref('events') }}
    where event_type not in ('engagement', 'interaction')
),

int_sessions__recent as (
    select * from {{ ref('int_sessions__recent') }}
),

clock as (
    select * from {{ ref('clock') }}
),

page_kinds as (
    select * from {{ ref('int_page_kinds__checked') }}
),

-- A funnel may ask for a kind that few visit.
asked_kinds as (
    select distinct page_kind from {{ ref('int_funnels__checked') }}
),

-- Only what this room reads, and only of the window, before the join makes rows wide.
recent_events as (
    select
        e.source_name,
        e.event_id,
        e.event_type,
        e.visitor_id,
        e.product_id,
        e.order_id,
        e.currency,
        e.page_url,
        e.search_term,
        e.quantity,
        e.result_count,
        e.load_ms,
        e.price,
        e.occurred_at
    from events as e
    cross join clock as k
    where
        e.occurred_at >= {{ add_days('k.as_of_at', '-' ~ setting('behavior_window_days')) }}
        and e.occurred_at < k.as_of_at
),

visited as (
    select
        e.*,
        s.session_number
    from recent_events as e
    inner join int_sessions__recent as s
        on
            e.source_name = s.source_name
            and e.visitor_id = s.visitor_id
            and e.occurred_at >= s.started_at
            and e.occurred_at <= s.ended_at
),

-- Each address is judged once, however often it was called.
addresses as (
    select
        page_url,
        {{ page_path('page_url') }} as page_path,
        count(*) as event_count
    from visited
    where page_url is not null
    group by page_url
),

paths as (
    select
        page_path,
        sum(event_count) as event_count
    from addresses
    group by page_path
),

judged as (
    select
        p.page_path,
        min(p.event_count) as event_count,
        max_by(k.kind, concat(lpad(cast(length(k.pattern) as string), 6, '0'), k.pattern)) as kind
    from paths as p
    inner join page_kinds as k
        -- `%` is all that means something else: an address is full of `_`.
        on p.page_path like replace(replace(k.pattern, '!', '!!'), '_', '!_') escape '!'
    group by p.page_path
),

-- The 50 kinds with the most events, and those of funnels; nobody reads a table of more.
ranked_kinds as (
    select
        kind,
        row_number() over (order by sum(event_count) desc, kind) as place
    from judged
    group by kind
),

kinds as (
    select r.kind
    from ranked_kinds as r
    left join asked_kinds as a
        on r.kind = a.page_kind
    where r.place <= 50 or a.page_kind is not null
),

known_pages as (
    select
        a.page_url,
        k.kind
    from addresses as a
    inner join judged as j
        on a.page_path = j.page_path
    inner join kinds as k
        on j.kind = k.kind
),

-- What few events tell and few readers ask is kept of those alone, before they are sorted.
placed as (
    select
        v.session_number,
        v.event_id,
        v.event_type,
        case when {{ few }} then v.product_id end as product_id,
        v.order_id,
        case when {{ few }} then v.currency end as currency,
        case when v.page_url is null then 'unknown' else coalesce(p.kind, 'other') end as page_kind,
        v.search_term,
        case when {{ few }} then v.quantity end as quantity,
        v.result_count,
        v.load_ms,
        case when {{ few }} then v.price end as price,
        v.occurred_at
    from visited as v
    left join known_pages as p
        on v.page_url = p.page_url
),

final as (
    select
        session_number,
        event_id,
        event_type,
        product_id,
        order_id,
        currency,
        page_kind,
        lead({{ path_kind() }}) over visits as next_path_kind,
        search_term,
        row_number() over visits as event_number,
        quantity,
        result_count,
        load_ms,
        {{ epoch_micros('lead(occurred_at) over visits') }} - {{ epoch_micros('occurred_at') }}
            as dwell_micros,
        price,
        occurred_at
    from placed
    -- Events of one instant in the order of their ids, whoever landed first.
    window visits as (
        partition by session_number
        order by occurred_at, event_id
    )
)

select * from final

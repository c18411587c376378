-- Sessions with all that combines when two of them turn out to be one: counts add, minima and
-- maxima combine, and the first event is found by its instant and id; what it tells is joined last.
-- An event never splits a session, it only extends or joins some, so a build cuts the new events
-- into sessions and merges those with the stored ones that they touch, however late the events are.
{{ config(
    materialized='incremental', incremental_strategy='merge',
    unique_key=['source_name', 'visitor_id', 'started_at'],
) }}
{%- set new = loads_to_take(ref('int_events__checked')) -%}
{%- set is_new = "disposition = 'accepted' and visitor_id is not null and load_id > "
    ~ new.after -%}
{%- set gap = setting('session_gap_seconds') ~ ' * cast(1000000 as bigint)' -%}
{%- set window = floor_divide(epoch_micros('e.occurred_at'), gap) -%}
{%- set session_window = floor_divide(epoch_micros('session_started_at'), gap) -%}
{%- set entry = ['started_at', 'entry_event_id'] -%}
{%- set first_values = [
    'device_type', 'landing_page_url', 'referrer', 'utm_source', 'utm_medium', 'utm_campaign',
] -%}
{%- set counts = [
    'event_count', 'page_view_count', 'product_view_count', 'search_count', 'cart_add_count',
    'checkout_start_count', 'purchase_count', 'view_count', 'conversion_count',
] -%}
{%- set part = [
    'source_name', 'visitor_id', 'first_customer_id', 'last_customer_id', 'agent_bot_name',
    'load_id',
] + counts + ['entry', 'started_at', 'ended_at'] %}

with events as (
    select
        source_name,
        visitor_id,
        customer_id,
        event_type,
        user_agent,
        load_id,
        event_id as entry_event_id,
        occurred_at as started_at,
        occurred_at
    from {{ ref('int_events__checked') }}
    where {{ is_new }}
),

event_types as (
    select * from {{ ref('event_types') }}
),

bot_patterns as (
    select * from {{ ref('bot_patterns') }}
),

agents as (
    select distinct user_agent
    from {{ ref('int_events__checked') }}
    where {{ is_new }} and user_agent is not null
),

bot_agents as (
    select
        a.user_agent,
        min(p.bot_name) as bot_name
    from agents as a
    inner join bot_patterns as p
        on {{ matches_column('a.user_agent', 'p.bot_pattern') }}
    group by a.user_agent
),

-- Events of one visitor inside one window as wide as the gap always share a session, so where one
-- starts is found from the spans of windows: few rows, and narrow ones.
spans as (
    select
        e.source_name,
        e.visitor_id,
        {{ window }} as window_number,
        min(e.occurred_at) as started_at,
        max(e.occurred_at) as ended_at
    from {{ ref('int_events__checked') }} as e
    where {{ is_new }}
    group by e.source_name, e.visitor_id, {{ window }}
),

{% if is_incremental() %}
touched as (
    select distinct s.*
    from {{ this }} as s
    inner join spans as w
        on
            s.source_name = w.source_name
            and s.visitor_id = w.visitor_id
            and {{ epoch_micros('s.started_at') }} - {{ epoch_micros('w.ended_at') }} <= {{ gap }}
            and {{ epoch_micros('w.started_at') }} - {{ epoch_micros('s.ended_at') }} <= {{ gap }}
    where
        not s.is_superseded
        and s.started_at <= {{ new.touch_until }}
        and s.ended_at >= {{ new.touch_from }}
),
{% endif %}

parts as (
    select
        source_name,
        visitor_id,
        window_number,
        started_at,
        ended_at
    from spans
    {% if is_incremental() %}
    union all
    select
        source_name,
        visitor_id,
        cast(null as bigint) as window_number,
        started_at,
        ended_at
    from touched
    {% endif %}
),

-- A part opens a session when it starts more than the gap after every earlier end.
opened as (
    select
        *,
        case
            when
                {{ epoch_micros('started_at') }} - max({{ epoch_micros('ended_at') }}) over (
                    partition by source_name, visitor_id
                    order by started_at, ended_at
                    rows between unbounded preceding and 1 preceding
                ) <= {{ gap }}
                then null
            else started_at
        end as opened_at
    from parts
),

placed as (
    select
        *,
        -- The RANGE frame keeps parts that start at one instant together.
        max(opened_at) over (
            partition by source_name, visitor_id
            order by started_at
            range between unbounded preceding and current row
        ) as session_started_at
    from opened
),

-- A session is known by the window in which it starts, and no other one starts in that. Few windows
-- go on with one that started before.
continued as (
    select
        source_name,
        visitor_id,
        window_number,
        {{ session_window }} as session_window_number
    from placed
    where window_number is not null and started_at <> session_started_at
),

fresh as (
    select
        e.source_name,
        e.visitor_id,
        min(e.customer_id) as first_customer_id,
        max(e.customer_id) as last_customer_id,
        min(b.bot_name) as agent_bot_name,
        max(e.load_id) as load_id,
        count(*) as event_count,
        count(case when e.event_type = 'page_view' then 1 end) as page_view_count,
        count(case when e.event_type = 'product_view' then 1 end) as product_view_count,
        count(case when e.event_type = 'search' then 1 end) as search_count,
        count(case when e.event_type = 'add_to_cart' then 1 end) as cart_add_count,
        count(case when e.event_type = 'checkout_start' then 1 end) as checkout_start_count,
        count(case when e.event_type = 'purchase' then 1 end) as purchase_count,
        count(case when t.is_view then 1 end) as view_count,
        count(case when t.is_conversion then 1 end) as conversion_count,
        min({{ struct_of(entry) }}) as entry,
        coalesce(c.session_window_number, {{ window }}) as session_window_number,
        min(e.occurred_at) as started_at,
        max(e.occurred_at) as ended_at
    from events as e
    inner join event_types as t
        on e.event_type = t.event_type
    left join bot_agents as b
        on e.user_agent = b.user_agent
    left join continued as c
        on
            e.source_name = c.source_name
            and e.visitor_id = c.visitor_id
            and {{ window }} = c.window_number
    group by e.source_name, e.visitor_id, coalesce(c.session_window_number, {{ window }})
),

-- What the first event tells is read once more: all columns of a long history are too much to hold.
entries as (
    select
        source_name,
        event_id as entry_event_id,
        device_type,
        page_url as landing_page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign
    from {{ ref('int_events__checked') }}
    where {{ is_new }}
    {% if is_incremental() %}
    union all
    select
        source_name,
        entry_event_id,
        {{ first_values | join(',\n        ') }}
    from touched
    {% endif %}
),

-- Of a first load these are the sessions. Later ones combine with what is stored of theirs.
{% if is_incremental() %}
stored as (
    select
        t.*,
        p.session_started_at
    from touched as t
    inner join placed as p
        on
            t.source_name = p.source_name
            and t.visitor_id = p.visitor_id
            and t.started_at = p.started_at
    where p.window_number is null
),

combined as (
    select
        {{ part | join(',\n        ') }},
        session_window_number
    from fresh
    union all
    select
        {{ part | join(',\n        ') | replace('entry,', struct_of(entry) ~ ' as entry,') }},
        {{ session_window }} as session_window_number
    from stored
),

-- A stored session that was joined to another one is kept and marked, since dbt's merge replaces
-- rows and deletes none.
all_sessions as (
    select
        source_name,
        visitor_id,
        min(first_customer_id) as first_customer_id,
        max(last_customer_id) as last_customer_id,
        min(agent_bot_name) as agent_bot_name,
        max(load_id) as load_id,
        {% for count in counts -%}
        cast(sum({{ count }}) as bigint) as {{ count }},
        {% endfor -%}
        min(entry) as entry,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        false as is_superseded
    from combined
    group by source_name, visitor_id, session_window_number
    union all
    select
        {{ part | join(',\n        ') | replace('entry,', struct_of(entry) ~ ' as entry,') }},
        true as is_superseded
    from stored
    where started_at <> session_started_at
),
{% else %}
all_sessions as (
    select
        {{ part | join(',\n        ') }},
        false as is_superseded
    from fresh
),
{% endif %}

final as (
    select
        a.source_name,
        a.visitor_id,
        a.first_customer_id,
        a.last_customer_id,
        a.agent_bot_name,
        a.entry.entry_event_id,
        {% for column in first_values -%}
        e.{{ column }},
        {% endfor -%}
        a.load_id,
        {% for count in counts -%}
        a.{{ count }},
        {% endfor -%}
        a.is_superseded,
        a.started_at,
        a.ended_at
    from all_sessions as a
    left join entries as e
        on a.source_name = e.source_name and a.entry.entry_event_id = e.entry_event_id
)

select * from final

-- Who came how far in each funnel of the seed, and when. A step counts once, however often it was
-- taken, and after what was reached of the step before: anywhere later (loose), or as the very next
-- event (strict).
{%- set steps = funnel_step_numbers() %}

with session_events as (
    select
        session_number,
        event_type,
        page_kind,
        event_number,
        occurred_at
    from {{ ref('int_events__recent') }}
),

-- A person goes by the number of their first session.
numbered_sessions as (
    select
        session_number,
        source_name,
        min(session_number) over (partition by person_id) as person_number
    from {{ ref('int_sessions__recent') }}
    where person_id is not null
),

person_events as (
    select
        e.session_number,
        e.event_type,
        e.page_kind,
        e.occurred_at,
        e.event_id,
        s.source_name,
        s.person_number
    from {{ ref('int_events__recent') }} as e
    inner join numbered_sessions as s
        on e.session_number = s.session_number
),

int_funnels__checked as (
    select * from {{ ref('int_funnels__checked') }}
),

event_types as (
    select * from {{ ref('event_types') }}
),

followed_events as (
    select e.event_type
    from event_types as e
    inner join int_funnels__checked as f
        on f.scope = 'person' and (f.is_strict or e.event_type = f.event_type)
),

-- Events of a session, and of a person, in their order; of one instant in the order of their ids.
placed as (
    select
        'session' as scope,
        session_number as entity_number,
        session_number,
        event_type,
        page_kind,
        event_number as place,
        occurred_at
    from session_events
    union all
    select
        'person' as scope,
        person_number as entity_number,
        session_number,
        event_type,
        page_kind,
        row_number() over (
            partition by person_number
            order by occurred_at, event_id, source_name
        ) as place,
        occurred_at
    from person_events
    -- Only what follows at once is told by the events between, so without such a step the others
    -- need not be put in order.
    where event_type in (select f.event_type from followed_events as f)
),

taken as (
    select
        f.funnel,
        p.entity_number,
        p.session_number,
        f.step_number,
        f.within_days,
        p.place,
        f.is_strict,
        f.is_next_strict,
        p.occurred_at
    from placed as p
    inner join int_funnels__checked as f
        on
            p.scope = f.scope
            and p.event_type = f.event_type
            and coalesce(f.page_kind, p.page_kind) = p.page_kind
),

entries as (
    select
        funnel,
        entity_number,
        min_by(session_number, place) as session_number,
        min(within_days) as within_days,
        min(place) as place,
        min(occurred_at) as entered_at
    from taken
    where step_number = 1
    group by funnel, entity_number
),

in_time as (
    select
        t.funnel,
        t.entity_number,
        t.step_number,
        t.place,
        t.is_strict,
        t.is_next_strict,
        t.occurred_at
    from taken as t
    inner join entries as e
        on t.funnel = e.funnel and t.entity_number = e.entity_number
    where
        t.place >= e.place
        -- Who looks at ten pages entered at the first.
        and (t.step_number > 1 or t.is_next_strict or t.place = e.place)
        and (
            e.within_days is null
            or t.occurred_at < {{ add_days('e.entered_at', 'coalesce(e.within_days, 0)') }}
        )
),

{% for step in steps -%}
-- Of what was reached, the first time is enough, unless the next step has to follow at once.
reached_{{ step }} as (
    select distinct
        t.funnel,
        t.entity_number,
        t.step_number,
        t.place,
        t.is_next_strict,
        t.occurred_at
    from in_time as t
    {% if step > 1 -%}
    inner join reached_{{ step - 1 }} as b
        on
            t.funnel = b.funnel
            and t.entity_number = b.entity_number
            and case when t.is_strict then t.place = b.place + 1 else t.place > b.place end
    {% endif -%}
    where t.step_number = {{ step }}
    qualify t.is_next_strict or row_number() over (
        partition by t.funnel, t.entity_number
        order by t.place
    ) = 1
),

{% endfor -%}
reached as (
    {%- for step in steps %}
    select
        funnel,
        entity_number,
        step_number,
        occurred_at
    from reached_{{ step }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        r.funnel,
        r.entity_number,
        min(e.session_number) as session_number,
        r.step_number,
        min(e.within_days) as within_days,
        min({{ epoch_micros('r.occurred_at') }} - {{ epoch_micros('e.entered_at') }})
            as micros_to_step,
        min(e.entered_at) as entered_at
    from reached as r
    inner join entries as e
        on r.funnel = e.funnel and r.entity_number = e.entity_number
    group by r.funnel, r.entity_number, r.step_number
)

select * from final

-- What a visitor did on a day, by the day on which that became known: what visit features at a
-- cut-off are read from.
with int_events__sessionized as (
    select * from {{ ref('int_events__sessionized') }}
),

int_sessions__measured as (
    select * from {{ ref('int_sessions__measured') }}
),

event_types as (
    select * from {{ ref('event_types') }}
),

final as (
    select
        e.source_name,
        e.visitor_id,
        e.customer_id,
        -- A visitor is a device; where its kind is told in two ways, one stands for the day.
        min(e.device_type) as device_type,
        count(*) as event_count,
        count(case when t.is_activity then 1 end) as activity_count,
        count(case when t.is_view then 1 end) as view_count,
        count(case when e.event_type = 'add_to_cart' then 1 end) as cart_add_count,
        count(case when e.event_type = 'purchase' then 1 end) as purchase_count,
        s.bot_reason is not null as is_bot,
        {{ local_day('e.occurred_at') }} as local_day,
        cast(e.available_at as date) as available_day,
        min(e.occurred_at) as first_event_at,
        max(e.occurred_at) as last_event_at,
        max(e.available_at) as last_available_at
    from int_events__sessionized as e
    inner join int_sessions__measured as s
        on e.session_id = s.session_id
    inner join event_types as t
        on e.event_type = t.event_type
    group by
        e.source_name, e.visitor_id, e.customer_id, s.bot_reason is not null,
        {{ local_day('e.occurred_at') }}, cast(e.available_at as date)
)

select * from final

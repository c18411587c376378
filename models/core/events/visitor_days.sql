-- What a visitor did on a day, by the day on which that became known: what visit features at a
-- cut-off are read from.
{{ config(changes={'log': 'int_visitors__changed', 'key': ['source_name', 'visitor_id']}) }}
with int_visitor_days__merged as (
    select * from {{ ref('int_visitor_days__merged') }}
    where {{ is_changed('int_visitors__changed') }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where {{ is_changed('int_visitors__changed') }}
),

-- A visitor's day is a bot's when one of its sessions that day is. Bots are few: their days are
-- counted out of their sessions, and the days of all are read once.
bot_spans as (
    select
        source_name,
        visitor_id,
        {{ local_day('started_at') }} as first_day,
        {{ numbers_up_to(days_between(local_day('started_at'), local_day('ended_at'))) }} as step
    from sessions
    where is_bot
),

bot_days as (
    select distinct
        source_name,
        visitor_id,
        {{ add_days('first_day', 'step', 'date') }} as local_day
    from bot_spans
),

final as (
    select
        d.source_name,
        d.visitor_id,
        nullif(d.customer_id_or_none, '') as customer_id,
        d.device_type,
        d.entry.landing_page_url,
        d.entry.referrer,
        d.entry.utm_source,
        d.entry.utm_medium,
        d.event_count,
        d.activity_count,
        d.view_count,
        d.cart_add_count,
        d.purchase_count,
        d.support_message_count,
        b.visitor_id is not null as is_bot,
        d.local_day,
        d.available_day,
        d.entry.first_event_at,
        d.last_event_at,
        d.last_available_at
    from int_visitor_days__merged as d
    left join bot_days as b
        on
            d.source_name = b.source_name
            and d.visitor_id = b.visitor_id
            and d.local_day = b.local_day
)

select * from final

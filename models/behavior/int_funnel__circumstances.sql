-- What else went wrong on the device of an alarm: pages that took long to load, and payments that
-- failed, at most 56 days before the alarm and 56 days from its start on. Only the events of these
-- sessions are read. No two alarms of a device begin on one day.
{%- set days = 56 %}
{%- set failed = "('declined', 'denied', 'error', 'failed', 'refused', 'rejected')" %}

with clock as (
    select * from {{ ref('clock') }}
),

events as (
    select * from {{ ref('events') }}
    where event_type = 'payment' or load_ms is not null
),

sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

alarms as (
    select
        device,
        cast(started_on as date) as started_on,
        cast(ended_on as date) as ended_on
    from {{ ref('ml_funnel_alarms') }}
),

spans as (
    select
        device,
        started_on,
        false as is_during,
        {{ add_days('started_on', -days, 'date') }} as first_day,
        {{ add_days('started_on', -1, 'date') }} as last_day
    from alarms
    union all
    select
        a.device,
        a.started_on,
        true as is_during,
        a.started_on as first_day,
        least(
            {{ add_days('a.started_on', days - 1, 'date') }},
            coalesce(a.ended_on, {{ add_days('c.open_day', -1, 'date') }})
        ) as last_day
    from alarms as a
    cross join clock as c
),

visits as (
    select
        p.device,
        p.started_on,
        p.is_during,
        s.source_name,
        s.visitor_id,
        s.started_at,
        s.ended_at
    from spans as p
    inner join sessions as s
        on
            p.device in ('all', coalesce(s.device_type, 'unknown'))
            and s.local_day between p.first_day and p.last_day
),

seen as (
    select
        v.device,
        v.started_on,
        v.is_during,
        e.load_ms > {{ setting('slow_page_ms') }} as is_slow,
        case
            when e.event_type = 'payment'
                then lower({{ text_in_json('e.properties', '$.status') }})
        end as payment_status
    from visits as v
    inner join events as e
        on
            v.source_name = e.source_name
            and v.visitor_id = e.visitor_id
            and e.occurred_at between v.started_at and v.ended_at
),

final as (
    select
        device,
        count(case when not is_during and is_slow then 1 end) as slow_count_before,
        count(case when not is_during then is_slow end) as page_count_before,
        count(case when is_during and is_slow then 1 end) as slow_count_during,
        count(case when is_during then is_slow end) as page_count_during,
        count(case when not is_during and payment_status in {{ failed }} then 1 end)
            as failed_count_before,
        count(case when not is_during then payment_status end) as payment_count_before,
        count(case when is_during and payment_status in {{ failed }} then 1 end)
            as failed_count_during,
        count(case when is_during then payment_status end) as payment_count_during,
        started_on
    from seen
    group by device, started_on
)

select * from final

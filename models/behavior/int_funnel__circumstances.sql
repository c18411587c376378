-- What else went wrong on the device of an alarm: pages that took long to load, and payments that
-- failed, at most 56 days before the alarm and 56 days from its start on. Only the events of these
-- sessions are read. No two alarms of a device begin on one day.
{%- set days = 56 %}
{%- set failed = "('declined', 'denied', 'error', 'failed', 'refused', 'rejected')" %}

with clock as (
    select * from {{ ref('clock') }}
),

events as (
    select
        source_name,
        visitor_id,
        occurred_at,
        load_ms,
        case
            when event_type = 'payment'
                then lower({{ text_in_json('properties', '$.status') }})
        end as payment_status
    from {{ ref('events') }}
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
        cast(ended_on as date) as ended_on,
        cast(back_since as date) as back_since
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
            coalesce(
                a.ended_on,
                {{ add_days('a.back_since', -1, 'date') }},
                {{ add_days('c.open_day', -1, 'date') }}
            )
        ) as last_day
    from alarms as a
    cross join clock as c
),

-- Each event is found once, however many alarms look at its day.
days as (
    select
        coalesce(s.device_type, 'unknown') as device,
        s.local_day,
        count(case when e.load_ms > {{ setting('slow_page_ms') }} then 1 end) as slow_count,
        count(e.load_ms) as page_count,
        count(case when e.payment_status in {{ failed }} then 1 end) as failed_count,
        count(e.payment_status) as payment_count
    from sessions as s
    inner join events as e
        on
            s.source_name = e.source_name
            and s.visitor_id = e.visitor_id
            and e.occurred_at between s.started_at and s.ended_at
    where
        s.local_day between (select min(p.first_day) from spans as p)
        and (select max(p.last_day) from spans as p)
    group by coalesce(s.device_type, 'unknown'), s.local_day
),

final as (
    select
        p.device,
        {%- for count in ['slow', 'page', 'failed', 'payment'] %}
        {%- for part, when in [('before', 'not p.is_during'), ('during', 'p.is_during')] %}
        cast(coalesce(sum(case when {{ when }} then d.{{ count }}_count end), 0) as bigint)
            as {{ count }}_count_{{ part }},
        {%- endfor %}
        {%- endfor %}
        p.started_on
    from spans as p
    inner join days as d
        on p.device in ('all', d.device) and d.local_day between p.first_day and p.last_day
    group by p.device, p.started_on
)

select * from final

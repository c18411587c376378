-- Each event of a visitor with the session it belongs to: a session is cut where the gap to the
-- latest earlier event is more than the limit. Midnight does not cut.
with events as (
    select * from {{ ref('events') }}
    where visitor_id is not null
),

gaps as (
    select
        *,
        {{ epoch_micros('occurred_at') }} - lag({{ epoch_micros('occurred_at') }}) over (
            partition by source_name, visitor_id
            order by occurred_at, event_id
        ) as gap_micros
    from events
),

placed as (
    select
        *,
        -- The latest session start so far; the RANGE frame keeps events of one instant together.
        max(
            case
                when
                    gap_micros is null
                    or gap_micros > {{ setting('session_gap_seconds') }} * cast(1000000 as bigint)
                    then occurred_at
            end
        ) over (
            partition by source_name, visitor_id
            order by occurred_at
            range between unbounded preceding and current row
        ) as session_started_at
    from gaps
),

final as (
    select
        source_name,
        md5(
            concat_ws(
                '|', source_name, visitor_id,
                cast({{ epoch_micros('session_started_at') }} as varchar)
            )
        ) as session_id,
        event_id,
        event_type,
        visitor_id,
        customer_id,
        device_type,
        user_agent,
        page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        occurred_at,
        available_at,
        session_started_at
    from placed
)

select * from final

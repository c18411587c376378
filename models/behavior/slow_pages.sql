-- How fast pages are, and whether people leave where they are slow. Who has a slow line may leave
-- for other reasons too: beside each other the two rates are no cause.
with events as (
    select
        e.session_number,
        e.page_kind,
        s.device as device_type,
        e.load_ms,
        e.dwell_micros is null and e.event_type <> 'purchase' as is_exit
    from {{ ref('int_events__recent') }} as e
    inner join {{ ref('int_sessions__recent') }} as s
        on e.session_number = s.session_number
),

timed as (
    select
        page_kind,
        case when grouping(device_type) = 1 then 'all' else device_type end as device_type,
        count(*) as load_count,
        {{ quantiles('load_ms', [0.5, 0.95]) }} as load_quantiles
    from events
    where load_ms is not null
    group by grouping sets ((page_kind, device_type), (page_kind))
),

-- A session had a slow page of a kind if any of them was.
visits as (
    select
        session_number,
        page_kind,
        device_type,
        max(load_ms) > {{ setting('slow_page_ms') }} as is_slow,
        bool_or(is_exit) as has_exit
    from events
    group by session_number, page_kind, device_type
    having count(load_ms) > 0
),

counted as (
    select
        page_kind,
        case when grouping(device_type) = 1 then 'all' else device_type end as device_type,
        count(*) as session_count,
        count(case when is_slow then 1 end) as slow_session_count,
        count(case when is_slow and has_exit then 1 end) as slow_exit_count,
        count(case when not is_slow then 1 end) as other_session_count,
        count(case when not is_slow and has_exit then 1 end) as other_exit_count
    from visits
    group by grouping sets ((page_kind, device_type), (page_kind))
),

final as (
    select
        c.page_kind,
        c.device_type,
        t.load_count,
        {{ nth_of('t.load_quantiles', 1) }} as median_load_ms,
        {{ nth_of('t.load_quantiles', 2) }} as q95_load_ms,
        c.session_count,
        c.slow_session_count,
        c.slow_exit_count,
        cast(c.slow_exit_count as double) / nullif(c.slow_session_count, 0) as slow_exit_rate,
        {{ wilson_bound('c.slow_exit_count', 'c.slow_session_count', '-') }} as slow_exit_low,
        {{ wilson_bound('c.slow_exit_count', 'c.slow_session_count', '+') }} as slow_exit_high,
        c.other_exit_count,
        cast(c.other_exit_count as double) / nullif(c.other_session_count, 0) as other_exit_rate,
        {{ wilson_bound('c.other_exit_count', 'c.other_session_count', '-') }} as other_exit_low,
        {{ wilson_bound('c.other_exit_count', 'c.other_session_count', '+') }} as other_exit_high
    from counted as c
    inner join timed as t
        on c.page_kind = t.page_kind and c.device_type = t.device_type
)

select * from final

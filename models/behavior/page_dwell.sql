-- How long people stay where, and where they leave. Nobody knows how long the last page was read.
with events as (
    select
        e.page_kind,
        s.device as device_type,
        e.event_type,
        e.dwell_micros
    from {{ ref('int_events__recent') }} as e
    inner join {{ ref('int_sessions__recent') }} as s
        on e.session_number = s.session_number
),

counted as (
    select
        page_kind,
        case when grouping(device_type) = 1 then 'all' else device_type end as device_type,
        count(*) as event_count,
        count(case when event_type in ('page_view', 'product_view') then 1 end) as view_count,
        count(case when dwell_micros is null then 1 end) as last_count,
        {{ nth_of(quantiles('dwell_micros', [0.5]), 1) }} as median_dwell_micros
    from events
    group by grouping sets ((page_kind, device_type), (page_kind))
),

final as (
    select
        page_kind,
        device_type,
        event_count,
        view_count,
        last_count,
        cast(last_count as double) / event_count as last_share,
        median_dwell_micros / 1e6 as median_dwell_seconds
    from counted
)

select * from final

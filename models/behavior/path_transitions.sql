-- From which kind of page people go to which, event by event; what happens twice on one kind of
-- page is a step from it to itself.
with int_events__recent as (
    select
        event_number,
        {{ path_kind() }} as path_kind,
        next_path_kind,
        dwell_micros
    from {{ ref('int_events__recent') }}
),

moves as (
    select
        'start' as from_kind,
        path_kind as to_kind,
        cast(null as bigint) as dwell_micros
    from int_events__recent
    where event_number = 1
    union all
    select
        path_kind as from_kind,
        coalesce(next_path_kind, 'exit') as to_kind,
        dwell_micros
    from int_events__recent
),

counted as (
    select
        from_kind,
        to_kind,
        count(*) as transition_count,
        {{ nth_of(quantiles('dwell_micros', [0.5]), 1) }} as median_dwell_micros
    from moves
    group by from_kind, to_kind
),

final as (
    select
        from_kind,
        to_kind,
        transition_count,
        cast(transition_count as double) / sum(transition_count) over (partition by from_kind)
            as transition_share,
        median_dwell_micros / 1e6 as median_dwell_seconds
    from counted
)

select * from final

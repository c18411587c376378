-- Two sessions of one visitor are further apart than the gap: closer ones would be one session.
-- If it breaks: late events did not join two sessions: run `dbt build --full-refresh` once; if it
-- stays, look at models/core/events/int_sessions__merged.sql.
with ordered as (
    select
        session_id,
        started_at,
        ended_at,
        lag(ended_at) over (
            partition by source_name, visitor_id order by started_at
        ) as previous_end
    from {{ ref('sessions') }}
)

select session_id
from ordered
where
    ended_at < started_at
    or {{ epoch_micros('started_at') }} - {{ epoch_micros('previous_end') }}
    <= {{ setting('session_gap_seconds') }} * cast(1000000 as bigint)

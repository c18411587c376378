-- Shares of one whole sum to 1: what follows a kind of page, where sessions are at a step, the ways
-- to a goal.
-- If it breaks: a kind of page, a step or a way fell out of its mart in models/behavior, or stands
-- there twice.
with shares as (
    select
        concat('after ', from_kind) as whole,
        sum(transition_share) as share
    from {{ ref('path_transitions') }}
    group by from_kind
    union all
    select
        concat('step ', step_number) as whole,
        sum(session_share) as share
    from {{ ref('path_steps') }}
    group by step_number
    union all
    select
        concat('ways to ', goal) as whole,
        sum(session_share) as share
    from {{ ref('top_paths') }}
    group by goal
)

select * from shares
where abs(share - 1) > 1e-9

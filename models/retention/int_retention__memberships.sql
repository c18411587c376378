-- Who belongs to which cohort: for every kind of membership that cuts ask for, each person's start,
-- and the last index whose period is complete for it.
with int_retention__membership_kinds as (
    select * from {{ ref('int_retention__membership_kinds') }}
),

int_retention__activities as (
    select * from {{ ref('int_retention__activities') }}
),

int_retention__people as (
    select * from {{ ref('int_retention__people') }}
),

clock as (
    select * from {{ ref('clock') }}
),

start_kinds as (
    select distinct start_kind from int_retention__membership_kinds
),

-- The first ever start, over full history: nobody is new again after a backfill.
starts as (
    select
        a.person_number,
        a.activity_kind as start_kind,
        min(a.occurred_at) as started_at,
        min_by(a.local_day, a.occurred_at) as started_day
    from int_retention__activities as a
    inner join start_kinds as k
        on a.activity_kind = k.start_kind
    group by a.person_number, a.activity_kind
),

final as (
    select
        k.kind_number,
        k.cohort_grain,
        k.clock_kind,
        k.last_asked,
        k.return_number,
        s.person_number,
        p.profile_number,
        s.started_at,
        {{ period_number('s.started_day', 'k.cohort_grain') }} as start_number,
        case k.clock_kind
            when 'calendar'
                then
                    {{ period_number('clock.open_day', 'k.cohort_grain') }}
                    - {{ period_number('s.started_day', 'k.cohort_grain') }} - 1
            when 'rolling'
                then {{ rolling_index('s.started_at', 'clock.as_of_at', 'k.cohort_grain') }} - 1
        end as last_index
    from starts as s
    inner join int_retention__membership_kinds as k
        on s.start_kind = k.start_kind
    inner join int_retention__people as p
        on s.person_number = p.person_number
    cross join clock
)

select * from final

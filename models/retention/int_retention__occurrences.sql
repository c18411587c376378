-- In which periods of a journey each person came back, and how often: what every cut counts. The
-- start itself is no return.
with int_retention__journey_kinds as (
    select * from {{ ref('int_retention__journey_kinds') }}
),

int_retention__activities as (
    select * from {{ ref('int_retention__activities') }}
),

int_retention__journeys as (
    select * from {{ ref('int_retention__journeys') }}
),

return_kinds as (
    select distinct
        return_number,
        return_kind
    from int_retention__journey_kinds
),

-- The periods of an activity are counted once, whatever the number of journeys that it is in.
dated as (
    select
        k.return_number,
        a.person_number,
        a.occurred_at,
        {{ period_number('a.local_day', "'day'") }} as day_number,
        {{ period_number('a.local_day', "'week'") }} as week_number,
        {{ period_number('a.local_day', "'month'") }} as month_number
    from int_retention__activities as a
    inner join return_kinds as k
        on a.activity_kind = k.return_kind
),

-- What comes before the start is no return.
returns as (
    select
        j.journey_number,
        j.person_number,
        j.profile_number,
        j.start_number,
        j.last_index,
        j.last_asked,
        case j.clock_kind
            when 'calendar'
                then
                    case j.cohort_grain
                        when 'day' then a.day_number
                        when 'week' then a.week_number
                        when 'month' then a.month_number
                    end - j.start_number
            when 'rolling'
                then {{ rolling_index('j.started_at', 'a.occurred_at', 'j.cohort_grain') }}
        end as period_index
    from int_retention__journeys as j
    inner join dated as a
        on
            j.person_number = a.person_number
            and j.return_number = a.return_number
            and j.started_at < a.occurred_at
),

-- A return in a period that is not complete does not count yet.
final as (
    select
        journey_number,
        person_number,
        period_index,
        max(profile_number) as profile_number,
        max(start_number) as start_number,
        max(last_index) as last_index,
        count(*) as return_count
    from returns
    where period_index <= last_index and period_index <= coalesce(last_asked, last_index)
    group by journey_number, person_number, period_index
)

select * from final

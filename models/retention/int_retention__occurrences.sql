-- In which periods of a journey each person was there, and how often: what every cut counts.
with int_retention__journey_kinds as (
    select * from {{ ref('int_retention__journey_kinds') }}
),

int_retention__activities as (
    select * from {{ ref('int_retention__activities') }}
),

int_retention__journeys as (
    select * from {{ ref('int_retention__journeys') }}
),

-- Only calendar periods ask for the local day, which takes long to find.
return_kinds as (
    select
        return_number,
        return_kind,
        max(case when clock_kind = 'calendar' then 1 else 0 end) = 1 as is_in_calendar
    from int_retention__journey_kinds
    group by return_number, return_kind
),

placed as (
    select
        k.return_number,
        a.person_number,
        a.occurred_at,
        case when k.is_in_calendar then {{ local_day('a.occurred_at') }} end as occurred_day
    from int_retention__activities as a
    inner join return_kinds as k
        on a.activity_kind = k.return_kind
),

-- The periods of an activity are counted once, whatever the number of journeys that it is in.
dated as (
    select
        return_number,
        person_number,
        occurred_at,
        {{ period_number('occurred_day', "'day'") }} as day_number,
        {{ period_number('occurred_day', "'week'") }} as week_number,
        {{ period_number('occurred_day', "'month'") }} as month_number
    from placed
),

-- The start is the return of index 0; what comes before it is none.
returns as (
    select
        journey_number,
        person_number,
        profile_number,
        start_number,
        last_index,
        last_asked,
        0 as period_index,
        0 as repeat_count
    from int_retention__journeys
    union all
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
        end as period_index,
        1 as repeat_count
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
        count(*) as occurrence_count,
        cast(sum(repeat_count) as bigint) as repeat_count
    from returns
    where period_index <= last_index and period_index <= coalesce(last_asked, last_index)
    group by journey_number, person_number, period_index
)

select * from final

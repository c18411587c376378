-- In which periods of a membership each person came back, and how often: what every cut counts. The
-- start itself is no return.
with int_retention__membership_kinds as (
    select * from {{ ref('int_retention__membership_kinds') }}
),

int_retention__activities as (
    select * from {{ ref('int_retention__activities') }}
),

int_retention__memberships as (
    select * from {{ ref('int_retention__memberships') }}
),

return_kinds as (
    select distinct
        return_number,
        return_kind
    from int_retention__membership_kinds
),

-- The periods of an activity are counted once, whatever the number of memberships it counts for.
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
        m.kind_number,
        m.person_number,
        m.profile_number,
        m.start_number,
        m.last_index,
        m.last_asked,
        case m.clock_kind
            when 'calendar'
                then
                    case m.cohort_grain
                        when 'day' then a.day_number
                        when 'week' then a.week_number
                        when 'month' then a.month_number
                    end - m.start_number
            when 'rolling'
                then {{ rolling_index('m.started_at', 'a.occurred_at', 'm.cohort_grain') }}
        end as period_index
    from int_retention__memberships as m
    inner join dated as a
        on
            m.person_number = a.person_number
            and m.return_number = a.return_number
            and m.started_at < a.occurred_at
),

-- A return in a period that is not complete does not count yet.
final as (
    select
        kind_number,
        person_number,
        period_index,
        max(profile_number) as profile_number,
        max(start_number) as start_number,
        max(last_index) as last_index,
        count(*) as return_count
    from returns
    where period_index <= last_index and period_index <= coalesce(last_asked, last_index)
    group by kind_number, person_number, period_index
)

select * from final

-- The engine of retention: for each cut, cohorts by period, and how many came back. A rate is
-- retained / eligible; eligible are those whose period is complete.
with int_retention__cuts as (
    select * from {{ ref('int_retention__cuts') }}
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

journey_kinds as (
    select distinct
        journey_number,
        cohort_grain,
        start_kind,
        return_kind,
        clock_kind
    from int_retention__cuts
),

-- The first ever start, over full history: nobody is new again after a backfill.
starts as (
    select
        person_number,
        activity_kind as start_kind,
        min(occurred_at) as started_at,
        {{ local_day('min(occurred_at)') }} as started_day
    from int_retention__activities
    group by person_number, activity_kind
),

-- Only calendar periods ask for the local day, which takes long to find.
return_kinds as (
    select
        return_kind,
        max(case when clock_kind = 'calendar' then 1 else 0 end) = 1 as is_in_calendar
    from journey_kinds
    group by return_kind
),

placed as (
    select
        a.person_number,
        a.activity_kind,
        a.occurred_at,
        case when k.is_in_calendar then {{ local_day('a.occurred_at') }} end as occurred_day
    from int_retention__activities as a
    inner join return_kinds as k
        on a.activity_kind = k.return_kind
),

-- The periods of an activity are counted once, whatever the number of journeys that it is in.
dated as (
    select
        person_number,
        activity_kind,
        occurred_at,
        {{ period_number('occurred_day', "'day'") }} as day_number,
        {{ period_number('occurred_day', "'week'") }} as week_number,
        {{ period_number('occurred_day', "'month'") }} as month_number
    from placed
),

-- Each start, with the last index whose period is complete for it.
journeys as (
    select
        k.*,
        s.person_number,
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
    inner join journey_kinds as k
        on s.start_kind = k.start_kind
    cross join clock
),

-- The start is the return of index 0; what comes before it is none.
returns as (
    select
        journey_number,
        person_number,
        last_index,
        0 as period_index,
        true as is_start
    from journeys
    union all
    select
        j.journey_number,
        j.person_number,
        j.last_index,
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
        false as is_start
    from journeys as j
    inner join dated as a
        on
            j.person_number = a.person_number
            and j.return_kind = a.activity_kind
            and j.started_at < a.occurred_at
),

-- A return in a period that is not complete does not count yet.
occurrences as (
    select
        journey_number,
        person_number,
        period_index,
        count(*) as occurrence_count,
        count(case when not is_start then 1 end) as repeat_count
    from returns
    where period_index <= last_index
    group by journey_number, person_number, period_index
),

members as (
    select
        c.cut_number,
        c.journey_number,
        c.definition,
        c.bracket_from,
        c.bracket_to,
        c.min_occurrences,
        j.person_number,
        j.start_number,
        j.last_index,
        case c.slice
            when 'none' then 'all'
            when 'channel' then coalesce(p.channel, 'unknown')
            when 'country' then coalesce(p.country, 'unknown')
            when 'device' then coalesce(p.device, 'unknown')
            when 'first_category' then coalesce(p.first_category, 'unknown')
        end as slice_value
    from journeys as j
    inner join int_retention__cuts as c
        on j.journey_number = c.journey_number
    left join int_retention__people as p
        on j.person_number = p.person_number
),

cohorts as (
    select
        cut_number,
        slice_value,
        start_number,
        count(*) as cohort_size
    from members
    group by cut_number, slice_value, start_number
),

-- People by the last period that is complete for them.
matured as (
    select
        cut_number,
        slice_value,
        start_number,
        last_index as period_index,
        count(*) as matured_count
    from members
    group by cut_number, slice_value, start_number, last_index
),

-- In each period with enough returns of a person, the person is back; the start counts in any case.
came_back as (
    select
        m.cut_number,
        m.definition,
        m.slice_value,
        m.start_number,
        m.person_number,
        o.period_index,
        o.repeat_count
    from members as m
    inner join occurrences as o
        on m.journey_number = o.journey_number and m.person_number = o.person_number
    where
        m.definition <> 'bracket'
        and (o.period_index = 0 or o.occurrence_count >= m.min_occurrences)
),

back_on as (
    select
        cut_number,
        slice_value,
        start_number,
        period_index,
        count(*) as retained_count,
        count(case when repeat_count > 0 then 1 end) as repeat_count
    from came_back
    group by cut_number, slice_value, start_number, period_index
),

last_back as (
    select
        cut_number,
        slice_value,
        start_number,
        person_number,
        max(period_index) as period_index
    from came_back
    where definition = 'on_or_after'
    group by cut_number, slice_value, start_number, person_number
),

back_last as (
    select
        cut_number,
        slice_value,
        start_number,
        period_index,
        count(*) as retained_count
    from last_back
    group by cut_number, slice_value, start_number, period_index
),

-- A bracket is one period: returns in it add up, and one person counts once.
in_bracket as (
    select
        m.cut_number,
        m.slice_value,
        m.start_number,
        m.person_number,
        m.min_occurrences,
        m.bracket_from,
        sum(o.occurrence_count) as occurrence_count
    from members as m
    inner join occurrences as o
        on m.journey_number = o.journey_number and m.person_number = o.person_number
    where
        m.definition = 'bracket'
        and m.bracket_to <= m.last_index
        and o.period_index between m.bracket_from and m.bracket_to
    group by
        m.cut_number, m.slice_value, m.start_number, m.person_number, m.min_occurrences,
        m.bracket_from
),

back_in_bracket as (
    select
        cut_number,
        slice_value,
        start_number,
        count(*) as retained_count
    from in_bracket
    where bracket_from = 0 or occurrence_count >= min_occurrences
    group by cut_number, slice_value, start_number
),

last_indexes as (
    select
        cut_number,
        start_number,
        max(last_index) as last_index
    from members
    group by cut_number, start_number
),

indexes as (
    select
        cut_number,
        start_number,
        {{ numbers_up_to('last_index') }} as period_index
    from last_indexes
    where last_index >= 0
),

-- Whose last complete period is this or a later one is eligible; who came back for the last time in
-- this or a later one came back on or after it.
counted as (
    select
        k.cut_number,
        k.slice_value,
        k.start_number,
        i.period_index,
        k.cohort_size,
        sum(coalesce(m.matured_count, 0)) over onwards as eligible_count,
        coalesce(b.retained_count, 0) as retained_on,
        coalesce(b.repeat_count, 0) as repeat_count,
        sum(coalesce(l.retained_count, 0)) over onwards as retained_on_or_after
    from cohorts as k
    inner join indexes as i
        on k.cut_number = i.cut_number and k.start_number = i.start_number
    left join matured as m
        on
            k.cut_number = m.cut_number
            and k.slice_value = m.slice_value
            and k.start_number = m.start_number
            and i.period_index = m.period_index
    left join back_on as b
        on
            k.cut_number = b.cut_number
            and k.slice_value = b.slice_value
            and k.start_number = b.start_number
            and i.period_index = b.period_index
    left join back_last as l
        on
            k.cut_number = l.cut_number
            and k.slice_value = l.slice_value
            and k.start_number = l.start_number
            and i.period_index = l.period_index
    window onwards as (
        partition by k.cut_number, k.slice_value, k.start_number
        order by i.period_index desc
        rows between unbounded preceding and current row
    )
),

final as (
    select
        c.cut_id,
        k.slice_value,
        -- Of a bracket only its first index, judged at its last.
        coalesce(c.bracket_from, k.period_index) as period_index,
        k.cohort_size,
        cast(k.eligible_count as bigint) as eligible_count,
        cast(
            case c.definition
                when 'on' then k.retained_on
                when 'on_or_after' then k.retained_on_or_after
                else coalesce(b.retained_count, 0)
            end as bigint
        ) as retained_count,
        case
            when k.period_index = 0 and c.definition <> 'bracket'
                then cast(k.repeat_count as bigint)
        end as repeat_in_period_0_count,
        {{ period_start('k.start_number', 'c.cohort_grain') }} as cohort_start
    from counted as k
    inner join int_retention__cuts as c
        on k.cut_number = c.cut_number
    left join back_in_bracket as b
        on
            k.cut_number = b.cut_number
            and k.slice_value = b.slice_value
            and k.start_number = b.start_number
    where
        k.eligible_count > 0
        and (c.definition <> 'bracket' or k.period_index = c.bracket_to)
)

select * from final

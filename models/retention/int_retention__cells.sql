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

-- Cuts that differ only in what they count share one journey of each person. Where only brackets
-- are asked for, nothing after the last of them is counted.
journey_kinds as (
    select
        journey_number,
        cohort_grain,
        start_kind,
        return_kind,
        clock_kind,
        case
            when min(case when definition = 'bracket' then 1 else 0 end) = 1 then max(bracket_to)
        end as last_asked,
        dense_rank() over (order by return_kind) as return_number
    from int_retention__cuts
    group by journey_number, cohort_grain, start_kind, return_kind, clock_kind
),

start_kinds as (
    select distinct start_kind from journey_kinds
),

-- The first ever start, over full history: nobody is new again after a backfill.
starts as (
    select
        a.person_number,
        a.activity_kind as start_kind,
        min(a.occurred_at) as started_at,
        {{ local_day('min(a.occurred_at)') }} as started_day
    from int_retention__activities as a
    inner join start_kinds as k
        on a.activity_kind = k.start_kind
    group by a.person_number, a.activity_kind
),

-- Only calendar periods ask for the local day, which takes long to find.
return_kinds as (
    select
        return_number,
        return_kind,
        max(case when clock_kind = 'calendar' then 1 else 0 end) = 1 as is_in_calendar
    from journey_kinds
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

-- People who are alike in everything that a slice asks for have one profile. Few profiles are
-- counted, not many people, once for all slices.
described as (
    select
        person_number,
        coalesce(channel, 'unknown') as channel,
        coalesce(country, 'unknown') as country,
        coalesce(device, 'unknown') as device,
        coalesce(first_category, 'unknown') as first_category
    from int_retention__people
),

profiles as (
    select
        channel,
        country,
        device,
        first_category,
        row_number() over (order by channel, country, device, first_category) as profile_number
    from described
    group by channel, country, device, first_category
),

profiled as (
    select
        d.person_number,
        p.profile_number
    from described as d
    inner join profiles as p
        on
            d.channel = p.channel
            and d.country = p.country
            and d.device = p.device
            and d.first_category = p.first_category
),

slices as (
    select
        c.cut_number,
        p.profile_number,
        case c.slice
            when 'none' then 'all'
            when 'channel' then p.channel
            when 'country' then p.country
            when 'device' then p.device
            when 'first_category' then p.first_category
        end as slice_value
    from int_retention__cuts as c
    cross join profiles as p
),

-- Each start, with the last index whose period is complete for it.
journeys as (
    select
        k.journey_number,
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
    inner join journey_kinds as k
        on s.start_kind = k.start_kind
    inner join profiled as p
        on s.person_number = p.person_number
    cross join clock
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
    from journeys
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
    from journeys as j
    inner join dated as a
        on
            j.person_number = a.person_number
            and j.return_number = a.return_number
            and j.started_at < a.occurred_at
),

-- A return in a period that is not complete does not count yet.
occurrences as (
    select
        journey_number,
        person_number,
        period_index,
        max(profile_number) as profile_number,
        max(start_number) as start_number,
        max(last_index) as last_index,
        count(*) as occurrence_count,
        sum(repeat_count) as repeat_count
    from returns
    where period_index <= last_index and period_index <= coalesce(last_asked, last_index)
    group by journey_number, person_number, period_index
),

-- How many began, by the last period that is complete for them.
begun as (
    select
        journey_number,
        profile_number,
        start_number,
        last_index,
        count(*) as people_count
    from journeys
    group by journey_number, profile_number, start_number, last_index
),

matured as (
    select
        c.cut_number,
        s.slice_value,
        b.start_number,
        b.last_index as period_index,
        sum(b.people_count) as matured_count
    from begun as b
    inner join int_retention__cuts as c
        on b.journey_number = c.journey_number
    inner join slices as s
        on c.cut_number = s.cut_number and b.profile_number = s.profile_number
    group by c.cut_number, s.slice_value, b.start_number, b.last_index
),

cohorts as (
    select
        cut_number,
        slice_value,
        start_number,
        sum(matured_count) as cohort_size
    from matured
    group by cut_number, slice_value, start_number
),

-- In each period with enough returns of a person, the person is back; the start counts in any case.
thresholds as (
    select
        journey_number,
        min_occurrences,
        max(case when definition = 'on_or_after' then 1 else 0 end) = 1 as is_asked_after
    from int_retention__cuts
    where definition <> 'bracket'
    group by journey_number, min_occurrences
),

back_by_profile as (
    select
        t.journey_number,
        t.min_occurrences,
        o.profile_number,
        o.start_number,
        o.period_index,
        count(*) as retained_count,
        count(case when o.repeat_count > 0 then 1 end) as repeat_count
    from occurrences as o
    inner join thresholds as t
        on o.journey_number = t.journey_number
    where o.period_index = 0 or o.occurrence_count >= t.min_occurrences
    group by
        t.journey_number, t.min_occurrences, o.profile_number, o.start_number, o.period_index
),

back_on as (
    select
        c.cut_number,
        s.slice_value,
        b.start_number,
        b.period_index,
        sum(b.retained_count) as retained_count,
        sum(b.repeat_count) as repeat_count
    from back_by_profile as b
    inner join int_retention__cuts as c
        on
            b.journey_number = c.journey_number
            and b.min_occurrences = c.min_occurrences
            and c.definition <> 'bracket'
    inner join slices as s
        on c.cut_number = s.cut_number and b.profile_number = s.profile_number
    group by c.cut_number, s.slice_value, b.start_number, b.period_index
),

last_back as (
    select
        t.journey_number,
        t.min_occurrences,
        o.person_number,
        max(o.profile_number) as profile_number,
        max(o.start_number) as start_number,
        max(o.period_index) as period_index
    from occurrences as o
    inner join thresholds as t
        on o.journey_number = t.journey_number
    where
        t.is_asked_after
        and (o.period_index = 0 or o.occurrence_count >= t.min_occurrences)
    group by t.journey_number, t.min_occurrences, o.person_number
),

last_by_profile as (
    select
        journey_number,
        min_occurrences,
        profile_number,
        start_number,
        period_index,
        count(*) as retained_count
    from last_back
    group by journey_number, min_occurrences, profile_number, start_number, period_index
),

back_last as (
    select
        c.cut_number,
        s.slice_value,
        b.start_number,
        b.period_index,
        sum(b.retained_count) as retained_count
    from last_by_profile as b
    inner join int_retention__cuts as c
        on
            b.journey_number = c.journey_number
            and b.min_occurrences = c.min_occurrences
            and c.definition = 'on_or_after'
    inner join slices as s
        on c.cut_number = s.cut_number and b.profile_number = s.profile_number
    group by c.cut_number, s.slice_value, b.start_number, b.period_index
),

-- A bracket is one period: returns in it add up, and one person counts once.
in_bracket as (
    select
        c.cut_number,
        c.min_occurrences,
        c.bracket_from,
        o.person_number,
        max(o.profile_number) as profile_number,
        max(o.start_number) as start_number,
        sum(o.occurrence_count) as occurrence_count
    from occurrences as o
    inner join int_retention__cuts as c
        on o.journey_number = c.journey_number
    where
        c.definition = 'bracket'
        and c.bracket_to <= o.last_index
        and o.period_index between c.bracket_from and c.bracket_to
    group by c.cut_number, c.min_occurrences, c.bracket_from, o.person_number
),

back_in_bracket as (
    select
        b.cut_number,
        s.slice_value,
        b.start_number,
        count(*) as retained_count
    from in_bracket as b
    inner join slices as s
        on b.cut_number = s.cut_number and b.profile_number = s.profile_number
    where b.bracket_from = 0 or b.occurrence_count >= b.min_occurrences
    group by b.cut_number, s.slice_value, b.start_number
),

last_indexes as (
    select
        cut_number,
        start_number,
        max(period_index) as last_index
    from matured
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

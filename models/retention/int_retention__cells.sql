-- The engine of retention: for each cut of the seed, cohorts by period and the share that came
-- back. A rate is retained / eligible; a cell whose period is not complete is absent.
with int_retention__activities as (
    select * from {{ ref('int_retention__activities') }}
),

retention_cuts as (
    select * from {{ ref('retention_cuts') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- The first ever start, over full history: nobody is new again after a backfill.
starts as (
    select
        person_id,
        activity_kind as start_kind,
        min(occurred_at) as started_at
    from int_retention__activities
    group by person_id, activity_kind
),

-- Each start in each cut, with the last index whose period is complete for it.
people as (
    select
        c.cut_id,
        c.cohort_grain,
        c.return_kind,
        c.clock_kind,
        s.person_id,
        s.started_at,
        {{ period_number(local_day('s.started_at'), 'c.cohort_grain') }} as start_number,
        case c.clock_kind
            when 'calendar'
                then
                    {{ period_number('clock.open_day', 'c.cohort_grain') }}
                    - {{ period_number(local_day('s.started_at'), 'c.cohort_grain') }} - 1
            when 'rolling'
                then {{ rolling_index('s.started_at', 'clock.as_of_at', 'c.cohort_grain') }} - 1
        end as last_index
    from starts as s
    inner join retention_cuts as c
        on s.start_kind = c.start_kind
    cross join clock
),

-- The indices at which a person came back; the start itself is the return of index 0. A return
-- before the start has none, and one in an incomplete period does not count yet.
returns as (
    select distinct
        p.cut_id,
        p.person_id,
        case p.clock_kind
            when 'calendar'
                then
                    {{ period_number(local_day('a.occurred_at'), 'p.cohort_grain') }}
                    - p.start_number
            when 'rolling'
                then {{ rolling_index('p.started_at', 'a.occurred_at', 'p.cohort_grain') }}
        end as period_index
    from people as p
    inner join int_retention__activities as a
        on
            p.person_id = a.person_id
            and p.return_kind = a.activity_kind
            and p.started_at <= a.occurred_at
    union
    select
        cut_id,
        person_id,
        0 as period_index
    from people
),

complete_returns as (
    select
        p.cut_id,
        p.start_number,
        p.person_id,
        r.period_index,
        max(r.period_index) over (partition by p.cut_id, p.person_id) as latest_index,
        p.last_index
    from people as p
    inner join returns as r
        on p.cut_id = r.cut_id and p.person_id = r.person_id
    where r.period_index <= p.last_index
),

cohorts as (
    select
        cut_id,
        start_number,
        count(*) as cohort_size,
        max(last_index) as last_index
    from people
    group by cut_id, start_number
),

indexes as (
    select
        cut_id,
        start_number,
        {{ numbers_up_to('last_index') }} as period_index
    from cohorts
    where last_index >= 0
),

-- One row a cut, cohort and index; of a bracket only its first index, judged at its last.
cells as (
    select
        c.*,
        k.start_number,
        k.cohort_size,
        i.period_index,
        coalesce(c.bracket_to, i.period_index) as judged_index
    from cohorts as k
    inner join retention_cuts as c
        on k.cut_id = c.cut_id
    inner join indexes as i
        on k.cut_id = i.cut_id and k.start_number = i.start_number
    where c.definition <> 'bracket' or i.period_index = c.bracket_from
),

-- People by their last complete index, so that counting eligible ones does not multiply people.
maturity as (
    select
        cut_id,
        start_number,
        last_index,
        count(*) as people_count
    from people
    group by cut_id, start_number, last_index
),

eligible as (
    select
        c.cut_id,
        c.start_number,
        c.period_index,
        sum(m.people_count) as eligible_count
    from cells as c
    inner join maturity as m
        on
            c.cut_id = m.cut_id
            and c.start_number = m.start_number
            and c.judged_index <= m.last_index
    group by c.cut_id, c.start_number, c.period_index
),

-- Returns by where they fall, the latest ones (for `on_or_after`) beside all others.
landed_returns as (
    select
        cut_id,
        start_number,
        period_index,
        last_index,
        period_index = latest_index as is_latest,
        count(*) as people_count
    from complete_returns
    group by cut_id, start_number, period_index, last_index, period_index = latest_index
),

retained_by_index as (
    select
        c.cut_id,
        c.start_number,
        c.period_index,
        sum(r.people_count) as retained_count
    from cells as c
    inner join landed_returns as r
        on
            c.cut_id = r.cut_id
            and c.start_number = r.start_number
            and c.judged_index <= r.last_index
            and (
                (c.definition = 'on' and c.period_index = r.period_index)
                or (
                    c.definition = 'on_or_after'
                    and r.is_latest
                    and c.period_index <= r.period_index
                )
            )
    group by c.cut_id, c.start_number, c.period_index
),

-- In a bracket one person may come back at several indices and counts once.
retained_in_bracket as (
    select
        c.cut_id,
        c.start_number,
        c.period_index,
        count(distinct r.person_id) as retained_count
    from cells as c
    inner join complete_returns as r
        on
            c.cut_id = r.cut_id
            and c.start_number = r.start_number
            and c.judged_index <= r.last_index
            and r.period_index between c.bracket_from and c.bracket_to
    where c.definition = 'bracket'
    group by c.cut_id, c.start_number, c.period_index
),

retained as (
    select * from retained_by_index
    union all
    select * from retained_in_bracket
),

final as (
    select
        c.cut_id,
        c.cohort_grain,
        c.start_kind,
        c.return_kind,
        c.definition,
        c.clock_kind,
        c.bracket_from,
        c.bracket_to,
        c.period_index,
        c.cohort_size,
        cast(e.eligible_count as bigint) as eligible_count,
        cast(coalesce(r.retained_count, 0) as bigint) as retained_count,
        {{ period_start('c.start_number', 'c.cohort_grain') }} as cohort_start
    from cells as c
    inner join eligible as e
        on
            c.cut_id = e.cut_id
            and c.start_number = e.start_number
            and c.period_index = e.period_index
    left join retained as r
        on
            c.cut_id = r.cut_id
            and c.start_number = r.start_number
            and c.period_index = r.period_index
)

select * from final

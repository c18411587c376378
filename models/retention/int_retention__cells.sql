-- The engine of retention: for each cut, cohorts by period, and how many came back. A rate is
-- retained / eligible; eligible are those whose period is complete.
with int_retention__cuts as (
    select * from {{ ref('int_retention__cuts') }}
),

int_retention__memberships as (
    select * from {{ ref('int_retention__memberships') }}
),

int_retention__slices as (
    select * from {{ ref('int_retention__slices') }}
),

int_retention__returned as (
    select * from {{ ref('int_retention__returned') }}
),

slices as (
    select distinct
        slice_number,
        slice_value
    from int_retention__slices
),

-- How many began, by the last period that is complete for them.
begun as (
    select
        kind_number,
        profile_number,
        start_number,
        last_index,
        count(*) as people_count
    from int_retention__memberships
    group by kind_number, profile_number, start_number, last_index
),

-- A bracket asks one thing: for how many its last period is over.
matured as (
    select
        s.cut_number,
        s.slice_number,
        b.start_number,
        least(b.last_index, coalesce(c.bracket_to, b.last_index)) as period_index,
        sum(b.people_count) as matured_count
    from begun as b
    inner join int_retention__cuts as c
        on b.kind_number = c.kind_number
    inner join int_retention__slices as s
        on c.cut_number = s.cut_number and b.profile_number = s.profile_number
    group by
        s.cut_number, s.slice_number, b.start_number,
        least(b.last_index, coalesce(c.bracket_to, b.last_index))
),

cohorts as (
    select
        cut_number,
        slice_number,
        start_number,
        sum(matured_count) as cohort_size
    from matured
    group by cut_number, slice_number, start_number
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

asked as (
    select
        i.cut_number,
        i.start_number,
        i.period_index
    from indexes as i
    inner join int_retention__cuts as c
        on i.cut_number = c.cut_number
    where c.definition <> 'bracket' or i.period_index = c.bracket_to
),

-- People are eligible for a period if their last complete period is that one or a later one; they
-- came back `on_or_after` it if their last return is in that one or a later one.
counted as (
    select
        k.cut_number,
        k.slice_number,
        k.start_number,
        i.period_index,
        k.cohort_size,
        sum(coalesce(m.matured_count, 0)) over onwards as eligible_count,
        coalesce(r.retained_count, 0) as retained_count,
        coalesce(r.repeat_count, 0) as repeat_count,
        sum(coalesce(r.retained_count, 0)) over onwards as retained_onwards
    from cohorts as k
    inner join asked as i
        on k.cut_number = i.cut_number and k.start_number = i.start_number
    left join matured as m
        on
            k.slice_number = m.slice_number
            and k.start_number = m.start_number
            and i.period_index = m.period_index
    left join int_retention__returned as r
        on
            k.slice_number = r.slice_number
            and k.start_number = r.start_number
            and i.period_index = r.period_index
    window onwards as (
        partition by k.slice_number, k.start_number
        order by i.period_index desc
        rows between unbounded preceding and current row
    )
),

final as (
    select
        c.cut_id,
        s.slice_value,
        -- A bracket has one cell, at its first index; who is eligible for it was judged at its
        -- last.
        coalesce(c.bracket_from, k.period_index) as period_index,
        k.cohort_size,
        cast(k.eligible_count as bigint) as eligible_count,
        -- The start counts as being there, in period 0 and in a bracket that begins with it.
        cast(
            case
                when coalesce(c.bracket_from, k.period_index) = 0 then k.eligible_count
                when c.definition = 'on_or_after' then k.retained_onwards
                else k.retained_count
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
    inner join slices as s
        on k.slice_number = s.slice_number
    where k.eligible_count > 0
)

select * from final

-- How many came back, by slice of a cut, cohort and period: for `on` in that period, for
-- `on_or_after` for the last time in that period, for a bracket inside it (its last one).
with int_retention__cuts as (
    select * from {{ ref('int_retention__cuts') }}
),

int_retention__occurrences as (
    select * from {{ ref('int_retention__occurrences') }}
),

int_retention__slices as (
    select * from {{ ref('int_retention__slices') }}
),

thresholds as (
    select
        kind_number,
        min_occurrences,
        max(case when definition = 'on_or_after' then 1 else 0 end) = 1 as is_asked_after
    from int_retention__cuts
    where definition <> 'bracket'
    group by kind_number, min_occurrences
),

-- A person is back in each later period with enough returns. In period 0 everybody is, so there
-- those are counted who came once more.
back as (
    select
        t.kind_number,
        t.min_occurrences,
        o.profile_number,
        o.start_number,
        o.period_index,
        count(case when o.period_index > 0 then 1 end) as retained_count,
        count(case when o.period_index = 0 then 1 end) as repeat_count
    from int_retention__occurrences as o
    inner join thresholds as t
        on o.kind_number = t.kind_number
    where o.period_index = 0 or o.return_count >= t.min_occurrences
    group by
        t.kind_number, t.min_occurrences, o.profile_number, o.start_number, o.period_index
),

last_back as (
    select
        t.kind_number,
        t.min_occurrences,
        o.person_number,
        max(o.profile_number) as profile_number,
        max(o.start_number) as start_number,
        max(o.period_index) as period_index
    from int_retention__occurrences as o
    inner join thresholds as t
        on o.kind_number = t.kind_number
    where
        t.is_asked_after
        and o.period_index > 0
        and o.return_count >= t.min_occurrences
    group by t.kind_number, t.min_occurrences, o.person_number
),

counted as (
    select
        'on' as definition,
        kind_number,
        min_occurrences,
        profile_number,
        start_number,
        period_index,
        retained_count,
        repeat_count
    from back
    union all
    select
        'on_or_after' as definition,
        kind_number,
        min_occurrences,
        profile_number,
        start_number,
        period_index,
        retained_count,
        repeat_count
    from back
    where period_index = 0
    union all
    select
        'on_or_after' as definition,
        kind_number,
        min_occurrences,
        profile_number,
        start_number,
        period_index,
        count(*) as retained_count,
        0 as repeat_count
    from last_back
    group by kind_number, min_occurrences, profile_number, start_number, period_index
),

-- A bracket is one period: returns in it add up, and one person counts once. Where it begins with
-- the start, everybody is in it.
in_bracket as (
    select
        c.cut_number,
        c.min_occurrences,
        c.bracket_to,
        o.person_number,
        max(o.profile_number) as profile_number,
        max(o.start_number) as start_number,
        sum(o.return_count) as return_count
    from int_retention__occurrences as o
    inner join int_retention__cuts as c
        on o.kind_number = c.kind_number
    where
        c.definition = 'bracket'
        and c.bracket_from > 0
        and c.bracket_to <= o.last_index
        and o.period_index between c.bracket_from and c.bracket_to
    group by c.cut_number, c.min_occurrences, c.bracket_to, o.person_number
),

by_cut as (
    select
        c.cut_number,
        b.profile_number,
        b.start_number,
        b.period_index,
        b.retained_count,
        b.repeat_count
    from counted as b
    inner join int_retention__cuts as c
        on
            b.kind_number = c.kind_number
            and b.min_occurrences = c.min_occurrences
            and b.definition = c.definition
    union all
    select
        cut_number,
        profile_number,
        start_number,
        bracket_to as period_index,
        count(*) as retained_count,
        0 as repeat_count
    from in_bracket
    where return_count >= min_occurrences
    group by cut_number, profile_number, start_number, bracket_to
),

final as (
    select
        s.slice_number,
        b.start_number,
        b.period_index,
        cast(sum(b.retained_count) as bigint) as retained_count,
        cast(sum(b.repeat_count) as bigint) as repeat_count
    from by_cut as b
    inner join int_retention__slices as s
        on b.cut_number = s.cut_number and b.profile_number = s.profile_number
    group by s.slice_number, b.start_number, b.period_index
)

select * from final

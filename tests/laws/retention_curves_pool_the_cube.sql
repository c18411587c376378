-- What a curve of everybody pools is what the mature cells of the cube hold; the curves of groups
-- add up to it, since everybody is in one group; and revenue retention holds the net sales of
-- everybody who is in a cohort. By each person's own calendar a group's cohort may be over before
-- the whole one is, so there the groups may hold more.
-- If it breaks: retention_curves takes other cells than the mature ones, or leaves out people of a
-- group, or revenue_retention leaves a person out.
with cells as (
    select
        cut_id,
        cohort_grain,
        start_kind,
        return_kind,
        definition,
        clock_kind,
        min_occurrences,
        bracket_from,
        bracket_to,
        sum(eligible_count) as eligible_count,
        sum(retained_count) as retained_count
    from {{ ref('retention_cube') }}
    where eligible_count = cohort_size and slice = 'none'
    group by
        cut_id, cohort_grain, start_kind, return_kind, definition, clock_kind, min_occurrences,
        bracket_from, bracket_to
),

curves as (
    select
        cut_id,
        slice,
        cohort_grain,
        start_kind,
        return_kind,
        definition,
        clock_kind,
        min_occurrences,
        bracket_from,
        bracket_to,
        sum(eligible_count) as eligible_count,
        sum(retained_count) as retained_count
    from {{ ref('retention_curves') }}
    group by
        cut_id, slice, cohort_grain, start_kind, return_kind, definition, clock_kind,
        min_occurrences, bracket_from, bracket_to
),

revenue as (
    select sum(net_sales) as net_sales from {{ ref('revenue_retention') }}
),

sold as (
    select sum(o.net_sales) as net_sales
    from {{ ref('orders') }} as o
    cross join {{ ref('clock') }} as c
    where
        o.person_id is not null
        and o.is_net_at_clock
        and date_trunc('month', {{ local_day('o.ordered_at') }}) < date_trunc('month', c.open_day)
)

select
    coalesce(b.cut_id, a.cut_id) as subject,
    cast(a.retained_count as double) as expected,
    cast(b.retained_count as double) as found
from cells as a
left join curves as b
    on
        a.cohort_grain = b.cohort_grain
        and a.start_kind = b.start_kind
        and a.return_kind = b.return_kind
        and a.definition = b.definition
        and a.clock_kind = b.clock_kind
        and a.min_occurrences = b.min_occurrences
        and a.bracket_from is not distinct from b.bracket_from
        and a.bracket_to is not distinct from b.bracket_to
where
    b.cut_id is null
    or (
        (b.slice = 'none' or b.clock_kind = 'calendar')
        and (a.eligible_count <> b.eligible_count or a.retained_count <> b.retained_count)
    )
    or b.eligible_count < a.eligible_count
    or b.retained_count < a.retained_count
union all
select
    'revenue_retention' as subject,
    cast(s.net_sales as double) as expected,
    cast(r.net_sales as double) as found
from sold as s
cross join revenue as r
where s.net_sales is distinct from r.net_sales

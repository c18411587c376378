-- The slices of a cut, those withheld included, add up to the same cut without slices, cell by
-- cell; and no slice of fewer people than the limit is shown.
-- If it breaks: a person has two values of a slice, or none: look at int_retention__people; what is
-- withheld is decided in models/retention/retention_cube.sql.
with totals as (
    select * from {{ ref('retention_cube') }}
    where slice = 'none'
),

slices as (
    select
        cut_id,
        cohort_grain,
        start_kind,
        return_kind,
        definition,
        clock_kind,
        bracket_from,
        bracket_to,
        min_occurrences,
        period_index,
        cohort_start,
        sum(eligible_count) as eligible_count,
        sum(retained_count) as retained_count,
        min(case when slice_value <> 'withheld' then cohort_size end) as smallest_shown
    from {{ ref('retention_cube') }}
    where slice <> 'none'
    group by
        cut_id, cohort_grain, start_kind, return_kind, definition, clock_kind, bracket_from,
        bracket_to, min_occurrences, period_index, cohort_start
)

select
    s.cut_id,
    s.cohort_start,
    s.period_index,
    t.retained_count as expected,
    s.retained_count
from slices as s
left join totals as t
    on
        s.cohort_grain = t.cohort_grain
        and s.start_kind = t.start_kind
        and s.return_kind = t.return_kind
        and s.definition = t.definition
        and s.clock_kind = t.clock_kind
        and s.bracket_from is not distinct from t.bracket_from
        and s.bracket_to is not distinct from t.bracket_to
        and s.min_occurrences = t.min_occurrences
        and s.period_index = t.period_index
        and s.cohort_start = t.cohort_start
where
    s.smallest_shown < {{ setting('retention_min_cell_size') }}
    or (
        t.cut_id is not null
        and (s.eligible_count <> t.eligible_count or s.retained_count <> t.retained_count)
    )

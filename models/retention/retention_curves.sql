-- One curve for all cohorts together: the sum of those who came back over the sum of those who
-- could have, over mature cells only. A mean of rates would weigh a cohort of three like one of
-- thousands.
with retention_cube as (
    select * from {{ ref('retention_cube') }}
    where is_mature
),

pooled as (
    select
        cut_id,
        cohort_grain,
        start_kind,
        return_kind,
        definition,
        clock_kind,
        slice,
        slice_value,
        bracket_from,
        bracket_to,
        min_occurrences,
        period_index,
        count(*) as cohort_count,
        sum(eligible_count) as eligible_count,
        sum(retained_count) as retained_count
    from retention_cube
    group by
        cut_id, cohort_grain, start_kind, return_kind, definition, clock_kind, slice,
        slice_value, bracket_from, bracket_to, min_occurrences, period_index
),

final as (
    select
        cut_id,
        cohort_grain,
        start_kind,
        return_kind,
        definition,
        clock_kind,
        slice,
        slice_value,
        bracket_from,
        bracket_to,
        min_occurrences,
        period_index,
        cohort_count,
        cast(eligible_count as bigint) as eligible_count,
        cast(retained_count as bigint) as retained_count,
        cast(retained_count as double) / eligible_count as retention_rate,
        {{ wilson_bound('retained_count', 'eligible_count', '-') }} as rate_low,
        {{ wilson_bound('retained_count', 'eligible_count', '+') }} as rate_high
    from pooled
)

select * from final

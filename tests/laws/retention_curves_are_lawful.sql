-- Every curve begins at 1; `on` <= `on_or_after`; `on_or_after` does not rise with the index within
-- one eligible set; retained <= eligible <= cohort; the interval holds the rate.
-- If it breaks: the row breaks arithmetic, not a wish: look for its cut and period in
-- int_retention__cells.
with curves as (
    select
        *,
        lag(retained_count) over same_curve as previous_retained,
        lag(eligible_count) over same_curve as previous_eligible,
        max(case when definition = 'on_or_after' then retained_count end) over (
            partition by
                cohort_grain, cohort_start, start_kind, return_kind, clock_kind, slice,
                slice_value, min_occurrences, period_index
        ) as retained_on_or_after
    from {{ ref('retention_cube') }}
    window same_curve as (
        partition by cut_id, slice_value, cohort_start
        order by period_index
    )
)

select
    cut_id,
    slice_value,
    cohort_start,
    period_index
from curves
where
    (period_index = 0 and retained_count <> eligible_count)
    or eligible_count <= 0
    or is_mature <> (eligible_count = cohort_size)
    or retained_count > eligible_count
    or eligible_count > cohort_size
    or (definition = 'on' and retained_count > retained_on_or_after)
    or (
        definition = 'on_or_after'
        and eligible_count = previous_eligible
        and retained_count > previous_retained
    )
    or retention_rate < rate_low
    or retention_rate > rate_high

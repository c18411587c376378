-- The cube's plainest cuts, as people know cohort tables: who comes back for what they came for.
with retention_cube as (
    select * from {{ ref('retention_cube') }}
    where
        slice = 'none'
        and min_occurrences = 1
        and definition in ('on', 'on_or_after')
        and return_kind = start_kind
),

final as (
    select
        cohort_grain,
        start_kind,
        return_kind,
        definition,
        clock_kind,
        period_index,
        cohort_size,
        eligible_count,
        retained_count,
        retention_rate,
        rate_low,
        rate_high,
        cohort_start
    from retention_cube
)

select * from final

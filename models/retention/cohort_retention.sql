with int_retention__cells as (
    select * from {{ ref('int_retention__cells') }}
),

final as (
    select
        cohort_grain,
        start_kind,
        return_kind,
        definition,
        clock_kind,
        cast(period_index as bigint) as period_index,
        cohort_size,
        eligible_count,
        retained_count,
        cast(retained_count as double) / eligible_count as retention_rate,
        {{ wilson_bound('retained_count', 'eligible_count', '-') }} as rate_low,
        {{ wilson_bound('retained_count', 'eligible_count', '+') }} as rate_high,
        cohort_start
    from int_retention__cells
    where definition in ('on', 'on_or_after')
)

select * from final

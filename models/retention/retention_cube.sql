-- Every cut of retention as one long table. Slices too small to be shown are counted together, with
-- the next larger one where they alone would be given away by subtraction: the total still adds up.
with int_retention__cells as (
    select * from {{ ref('int_retention__cells') }}
),

int_retention__cuts as (
    select * from {{ ref('int_retention__cuts') }}
),

slices as (
    select
        cut_id,
        cohort_start,
        slice_value,
        max(cohort_size) as cohort_size
    from int_retention__cells
    group by cut_id, cohort_start, slice_value
),

ordered as (
    select
        s.cut_id,
        s.cohort_start,
        s.slice_value,
        s.cohort_size,
        c.slice,
        coalesce(
            sum(s.cohort_size) over (
                partition by s.cut_id, s.cohort_start
                order by s.cohort_size, s.slice_value
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as smaller_count
    from slices as s
    inner join int_retention__cuts as c
        on s.cut_id = c.cut_id
),

shown as (
    select
        cut_id,
        cohort_start,
        slice_value,
        cohort_size,
        slice <> 'none'
        and (
            cohort_size < {{ setting('retention_min_cell_size') }}
            or smaller_count between 1 and {{ setting('retention_min_cell_size') }} - 1
        ) as is_withheld
    from ordered
),

sizes as (
    select
        cut_id,
        cohort_start,
        case when is_withheld then 'withheld' else slice_value end as slice_value,
        sum(cohort_size) as cohort_size
    from shown
    group by cut_id, cohort_start, case when is_withheld then 'withheld' else slice_value end
),

summed as (
    select
        c.cut_id,
        c.cohort_start,
        case when s.is_withheld then 'withheld' else c.slice_value end as slice_value,
        c.period_index,
        sum(c.eligible_count) as eligible_count,
        sum(c.retained_count) as retained_count,
        sum(c.repeat_in_period_0_count) as repeat_in_period_0_count
    from int_retention__cells as c
    inner join shown as s
        on
            c.cut_id = s.cut_id
            and c.cohort_start = s.cohort_start
            and c.slice_value = s.slice_value
    group by
        c.cut_id, c.cohort_start, c.period_index,
        case when s.is_withheld then 'withheld' else c.slice_value end
),

final as (
    select
        s.cut_id,
        c.cohort_grain,
        c.start_kind,
        c.return_kind,
        c.definition,
        c.clock_kind,
        c.slice,
        s.slice_value,
        cast(c.bracket_from as bigint) as bracket_from,
        cast(c.bracket_to as bigint) as bracket_to,
        cast(c.min_occurrences as bigint) as min_occurrences,
        cast(s.period_index as bigint) as period_index,
        cast(z.cohort_size as bigint) as cohort_size,
        cast(s.eligible_count as bigint) as eligible_count,
        cast(s.retained_count as bigint) as retained_count,
        cast(s.repeat_in_period_0_count as bigint) as repeat_in_period_0_count,
        cast(s.retained_count as double) / s.eligible_count as retention_rate,
        {{ wilson_bound('s.retained_count', 's.eligible_count', '-') }} as rate_low,
        {{ wilson_bound('s.retained_count', 's.eligible_count', '+') }} as rate_high,
        s.eligible_count = z.cohort_size as is_mature,
        s.cohort_start
    from summed as s
    inner join sizes as z
        on
            s.cut_id = z.cut_id
            and s.cohort_start = z.cohort_start
            and s.slice_value = z.slice_value
    inner join int_retention__cuts as c
        on s.cut_id = c.cut_id
)

select * from final

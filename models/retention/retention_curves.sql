-- One curve for all cohorts together: the sum of those who came back over the sum of those who
-- could have, over mature cells only. A mean of rates would weigh a cohort of three like one of
-- thousands. Groups that are too small in one cohort are counted here all the same: what is left of
-- a group without its small cohorts is another group.
with int_retention__cells as (
    select * from {{ ref('int_retention__cells') }}
),

int_retention__cuts as (
    select * from {{ ref('int_retention__cuts') }}
),

groups as (
    select
        cut_id,
        slice_value,
        sum(cohort_size) as people_count
    from (
        select
            cut_id,
            slice_value,
            cohort_start,
            max(cohort_size) as cohort_size
        from int_retention__cells
        group by cut_id, slice_value, cohort_start
    ) as cohorts
    group by cut_id, slice_value
),

named as (
    select
        g.cut_id,
        g.slice_value,
        case
            when c.slice <> 'none' and g.people_count < {{ setting('retention_min_cell_size') }}
                then 'withheld'
            else g.slice_value
        end as shown_value
    from groups as g
    inner join int_retention__cuts as c
        on g.cut_id = c.cut_id
),

pooled as (
    select
        c.cut_id,
        n.shown_value as slice_value,
        c.period_index,
        count(distinct c.cohort_start) as cohort_count,
        sum(c.eligible_count) as eligible_count,
        sum(c.retained_count) as retained_count
    from int_retention__cells as c
    inner join named as n
        on c.cut_id = n.cut_id and c.slice_value = n.slice_value
    where c.eligible_count = c.cohort_size
    group by c.cut_id, n.shown_value, c.period_index
),

final as (
    select
        p.cut_id,
        c.cohort_grain,
        c.start_kind,
        c.return_kind,
        c.definition,
        c.clock_kind,
        c.slice,
        p.slice_value,
        cast(c.bracket_from as bigint) as bracket_from,
        cast(c.bracket_to as bigint) as bracket_to,
        cast(c.min_occurrences as bigint) as min_occurrences,
        cast(p.period_index as bigint) as period_index,
        p.cohort_count,
        cast(p.eligible_count as bigint) as eligible_count,
        cast(p.retained_count as bigint) as retained_count,
        cast(p.retained_count as double) / p.eligible_count as retention_rate,
        {{ wilson_bound('p.retained_count', 'p.eligible_count', '-') }} as rate_low,
        {{ wilson_bound('p.retained_count', 'p.eligible_count', '+') }} as rate_high
    from pooled as p
    inner join int_retention__cuts as c
        on p.cut_id = c.cut_id
)

select * from final

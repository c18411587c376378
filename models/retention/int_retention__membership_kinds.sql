-- The kinds of cohort membership that cuts ask for: cuts with the same cohorts, start, return and
-- clock share one.
-- Where only brackets are asked for, nothing after the last of them is counted.
with int_retention__cuts as (
    select * from {{ ref('int_retention__cuts') }}
),

final as (
    select
        kind_number,
        cohort_grain,
        start_kind,
        return_kind,
        clock_kind,
        case
            when min(case when definition = 'bracket' then 1 else 0 end) = 1 then max(bracket_to)
        end as last_asked,
        dense_rank() over (order by return_kind) as return_number
    from int_retention__cuts
    group by kind_number, cohort_grain, start_kind, return_kind, clock_kind
)

select * from final

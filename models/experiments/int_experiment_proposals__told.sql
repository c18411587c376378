-- What each proposal can show, by source: of two arms of half of those who come in the planned
-- days. Of a normal distribution: 1.959964 + .841621 standard errors for a power of 80 %.
with int_experiment_proposals__checked as (
    select * from {{ ref('int_experiment_proposals__checked') }}
    where not is_plan
),

int_experiment__arrivals as (
    select * from {{ ref('int_experiment__arrivals') }}
),

int_experiment__baselines as (
    select * from {{ ref('int_experiment__baselines') }}
),

comers as (
    select
        c.source_name,
        w.proposal,
        max(case when c.day_number <= 28 then c.unit_count end) as month_count,
        max(case when c.day_number <= w.planned_days then c.unit_count end) as planned_count
    from int_experiment_proposals__checked as w
    inner join int_experiment__arrivals as c
        on w.proposal = c.plan_name
    group by c.source_name, w.proposal
),

final as (
    select
        b.source_name,
        w.proposal as plan_name,
        'proposal' as plan_kind,
        w.metric,
        b.baseline,
        b.outcome_variance,
        b.value_share,
        w.planned_days,
        cast(null as bigint) as days_run,
        cast(coalesce(c.month_count, 0) as double) / 28 as units_a_day,
        case when w.planned_days is not null then coalesce(c.planned_count, 0) end as unit_count,
        2 as arms_worth,
        w.wanted_effect,
        2.801585 * sqrt(
            b.outcome_variance / nullif(b.value_share, 0) * 4 / nullif(c.planned_count, 0)
        ) as smallest_effect
    from int_experiment_proposals__checked as w
    inner join int_experiment__baselines as b
        on w.metric = b.metric
    left join comers as c
        on b.source_name = c.source_name and w.proposal = c.proposal
)

select * from final

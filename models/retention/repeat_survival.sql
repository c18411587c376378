-- How long until the second order: the product-limit estimate of Kaplan and Meier, with the
-- exponential interval of Greenwood. Who has not come back yet is censored with the last complete
-- local day, so that a young cohort counts for as long as it was seen and no longer.
with int_retention__order_days as (
    select * from {{ ref('int_retention__order_days') }}
),

int_retention__first_categories as (
    select * from {{ ref('int_retention__first_categories') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- First and second order day, of the complete days.
people as (
    select
        o.person_id,
        min(o.order_day) as first_order_day,
        min(case when o.order_day_number = 2 then o.order_day end) as second_order_day,
        max(clock.open_day) as open_day
    from int_retention__order_days as o
    cross join clock
    where o.order_day < clock.open_day
    group by o.person_id
),

observed as (
    select
        c.first_category,
        {{ first_of_month('year(p.first_order_day) * 12 + month(p.first_order_day) - 1') }}
            as cohort_month,
        {{ first_of_month('year(p.open_day) * 12 + month(p.open_day) - 1') }} as open_month,
        case when p.second_order_day is not null then 1 else 0 end as repeat_count,
        coalesce(
            {{ days_between('p.first_order_day', 'p.second_order_day') }},
            {{ days_between('p.first_order_day', 'p.open_day') }} - 1
        ) as days_since_first
    from people as p
    inner join int_retention__first_categories as c
        on p.person_id = c.person_id
),

-- Everybody in four ways; a month is a cohort when it is complete.
cuts as (
    select
        'all' as cut_kind,
        cast(null as date) as cohort_month,
        cast(null as string) as first_category,
        days_since_first,
        repeat_count
    from observed
    union all
    select
        'category' as cut_kind,
        cast(null as date) as cohort_month,
        first_category,
        days_since_first,
        repeat_count
    from observed
    union all
    select
        'month' as cut_kind,
        cohort_month,
        cast(null as string) as first_category,
        days_since_first,
        repeat_count
    from observed
    where cohort_month < open_month
    union all
    select
        'month_and_category' as cut_kind,
        cohort_month,
        first_category,
        days_since_first,
        repeat_count
    from observed
    where cohort_month < open_month
),

-- The days on which somebody came back or was last seen, and day 0, where every curve begins at 1.
leavings as (
    select
        cut_kind,
        cohort_month,
        first_category,
        days_since_first,
        repeat_count,
        1 - repeat_count as censored_count
    from cuts
    union all
    select distinct
        cut_kind,
        cohort_month,
        first_category,
        0 as days_since_first,
        0 as repeat_count,
        0 as censored_count
    from cuts
),

days as (
    select
        cut_kind,
        cohort_month,
        first_category,
        days_since_first,
        sum(repeat_count) as repeat_count,
        sum(censored_count) as censored_count
    from leavings
    group by cut_kind, cohort_month, first_category, days_since_first
),

-- Who is censored on a day was seen through it, so is at risk in it.
exposed as (
    select
        *,
        sum(repeat_count + censored_count) over (
            partition by cut_kind, cohort_month, first_category
        ) as cohort_size,
        sum(repeat_count + censored_count) over (
            partition by cut_kind, cohort_month, first_category
            order by days_since_first desc
            rows between unbounded preceding and current row
        ) as at_risk_count
    from days
),

-- The product as a sum of logs, and Greenwood's sum, of decimals: a sum of floats depends on its
-- order. Where everybody left comes back the survival is 0 from there on, and has no log.
summed as (
    select
        *,
        max(case when repeat_count = at_risk_count then 1 else 0 end) over until_then = 1
            as is_over,
        cast(
            sum(
                cast(
                    ln(1 - cast(repeat_count as double) / nullif(at_risk_count, repeat_count))
                    as decimal(38, 20)
                )
            ) over until_then as double
        ) as log_survival,
        cast(
            sum(
                cast(
                    cast(repeat_count as double) / at_risk_count
                    / nullif(at_risk_count - repeat_count, 0) as decimal(38, 20)
                )
            ) over until_then as double
        ) as greenwood_sum
    from exposed
    window until_then as (
        partition by cut_kind, cohort_month, first_category
        order by days_since_first
        rows between unbounded preceding and current row
    )
),

-- The interval is symmetric for log(-log(survival)), so that it stays between 0 and 1.
estimated as (
    select
        *,
        1.959963984540054 * sqrt(greenwood_sum) / nullif(-log_survival, 0) as half_width
    from summed
),

final as (
    select
        cut_kind,
        first_category,
        cast(days_since_first as bigint) as days_since_first,
        cast(cohort_size as bigint) as cohort_size,
        cast(at_risk_count as bigint) as at_risk_count,
        cast(repeat_count as bigint) as repeat_count,
        cast(censored_count as bigint) as censored_count,
        case when is_over then 0 else exp(log_survival) end as survival,
        case
            when is_over then 0
            when half_width is null then 1
            else exp(log_survival * exp(half_width))
        end as survival_low,
        case
            when is_over then 0
            when half_width is null then 1
            else exp(log_survival * exp(-half_width))
        end as survival_high,
        cohort_month
    from estimated
)

select * from final

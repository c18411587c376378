-- The horizon that churn is asked for: var `churn_horizon_days`, or what the shop's gaps suggest.
-- A gap is counted only where its order day lies so far back that the longest one could have ended
-- since, so a short history does not make gaps look short. A history that does not carry all of it
-- yet gives whole months of it: one that grew each night would be another question each night.
{%- set longest = 180 %}
{%- set step = 30 %}
{%- set given = setting('churn_horizon_days') %}
{%- set cut_off_step = setting('churn_cutoff_step_days') | int %}
with clock as (
    select * from {{ ref('clock') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_order
),

history as (
    select
        clock.as_of_at,
        coalesce(
            {{ days_between('cast(min(o.ordered_at) as date)', 'cast(clock.as_of_at as date)') }},
            0
        ) as history_days
    from clock
    left join orders as o
        on clock.as_of_at > o.ordered_at
    group by clock.as_of_at
),

-- What the warm-up leaves must hold two windows after one another, that of the test cut-off and
-- that of today, and the whole steps that the latest training cut-off lies before validation.
learned as (
    select
        *,
        greatest(history_days - {{ setting('churn_warm_up_days') }}, 0) as learned_days
    from history
),

stepped as (
    select
        *,
        {{ floor_divide('learned_days', 3 * cut_off_step) }} as step_count
    from learned
),

allowed as (
    select
        as_of_at,
        history_days,
        greatest(
            step_count * {{ cut_off_step }},
            {{ floor_divide('learned_days - (step_count + 1) * ' ~ cut_off_step, '2') }}
        ) as max_days
    from stepped
),

order_days as (
    select distinct
        person_id,
        {{ local_day('ordered_at') }} as order_day
    from orders
    where person_id is not null and {{ is_churn_order('is_net_at_clock') }}
),

gaps as (
    select
        order_day,
        {{ days_between(
            'order_day', 'lead(order_day) over (partition by person_id order by order_day)'
        ) }} as gap_days
    from order_days
),

-- Of the gaps that end at all: who never comes back says nothing about when people do.
ended as (
    select g.gap_days
    from gaps as g
    cross join clock
    where
        g.gap_days <= {{ longest }}
        and {{ days_between('g.order_day', local_day('clock.as_of_at')) }} > {{ longest }}
),

steps as (
    select {{ numbers_up_to(floor_divide(longest, step) ~ ' - 1') }} as step_number
),

candidates as (
    select {{ step }} * (step_number + 1) as candidate_days from steps
),

covered as (
    select c.candidate_days
    from candidates as c
    cross join ended as e
    group by c.candidate_days
    having
        count(case when e.gap_days <= c.candidate_days then 1 end)
        >= {{ setting('churn_horizon_gap_share') }} * count(*)
),

suggestion as (
    select min(candidate_days) as suggested_days from covered
),

chosen as (
    select
        cast(s.suggested_days as bigint) as suggested_days,
        cast(
            coalesce(
                {{ given }},
                greatest(
                    least(
                        coalesce(s.suggested_days, 90),
                        {{ step }} * {{ floor_divide('a.max_days', step) }}
                    ),
                    {{ step }}
                )
            ) as bigint
        ) as horizon_days,
        cast(a.max_days as bigint) as max_days,
        cast(a.history_days as bigint) as history_days,
        {{ given }} is not null as is_from_var,
        cast(a.as_of_at as date) as as_of_date
    from allowed as a
    cross join suggestion as s
),

final as (
    select
        c.suggested_days,
        c.horizon_days,
        c.max_days,
        c.history_days,
        count(e.gap_days) as gap_count,
        case
            when c.horizon_days <= {{ longest }} and count(e.gap_days) > 0
                then
                    cast(count(case when e.gap_days <= c.horizon_days then 1 end) as double)
                    / count(e.gap_days)
        end as covered_gap_share,
        c.is_from_var,
        c.as_of_date
    from chosen as c
    left join ended as e
        on true
    group by
        c.suggested_days, c.horizon_days, c.max_days, c.history_days, c.is_from_var, c.as_of_date
)

select * from final

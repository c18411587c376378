-- The dates at which the past is frozen. Splits are by time only: what a model trains on has its
-- outcome before the validation cut-off, and that one before the test cut-off.
{%- set step = setting('churn_cutoff_step_days') %}
with clock as (
    select * from {{ ref('clock') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_order
),

churn_horizon as (
    select * from {{ ref('churn_horizon') }}
),

history as (
    select min(ordered_at) as first_order_at from orders
),

anchors as (
    select
        clock.as_of_at,
        h.horizon_days,
        {{ add_days('clock.as_of_at', '-h.horizon_days') }} as test_at,
        {{ add_days('clock.as_of_at', '-2 * h.horizon_days') }} as valid_at,
        {{ add_days('history.first_order_at', setting('churn_warm_up_days')) }} as earliest_at
    from clock
    cross join history
    cross join churn_horizon as h
),

-- Backwards from validation in even steps; the outcomes of those less than a horizon before it
-- reach into it, so they serve the refit only.
steps as (
    select
        {{ numbers_up_to(
            setting('churn_max_cutoffs') ~ ' + ' ~ floor_divide('horizon_days', step)
        ) }} as step_number
    from churn_horizon
),

candidates as (
    select
        'today' as split,
        as_of_at as cut_off_at
    from anchors
    union all
    select
        'test' as split,
        test_at as cut_off_at
    from anchors
    union all
    select
        case
            when s.step_number = 0 then 'validation'
            when s.step_number * {{ step }} >= a.horizon_days then 'train'
            else 'refit'
        end as split,
        {{ add_days('a.valid_at', '-' ~ step ~ ' * s.step_number') }} as cut_off_at
    from steps as s
    cross join anchors as a
),

final as (
    select
        c.split,
        a.horizon_days,
        cast(c.cut_off_at as date) as cut_off_date,
        c.cut_off_at,
        {{ add_days('c.cut_off_at', 'a.horizon_days') }} as outcome_at
    from candidates as c
    cross join anchors as a
    where c.cut_off_at >= a.earliest_at
    qualify
        row_number() over (partition by c.split order by c.cut_off_at desc)
        <= {{ setting('churn_max_cutoffs') }}
)

select * from final

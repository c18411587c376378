-- The calendar of everything that is counted by day: MetricFlow fills and sums windows over it. It
-- ends where data and clock end, never at the machine's today.
with clock as (
    select * from {{ ref('clock') }}
),

-- Var `as_of` may lie before the last order, or after it: either way each day of a fact has a row.
bounds as (
    select
        {{ local_day('first_at') }} as first_day,
        greatest({{ local_day('last_at') }}, open_day) as last_day,
        open_day
    from clock
    where first_at is not null
),

steps as (
    select
        first_day,
        open_day,
        {{ numbers_up_to(days_between('first_day', 'last_day')) }} as step
    from bounds
),

days as (
    select
        open_day,
        {{ add_days('first_day', 'step', 'date') }} as local_day
    from steps
),

final as (
    select
        local_day < open_day as is_day_complete,
        {{ period_number('local_day', "'week'") }} < {{ period_number('open_day', "'week'") }}
            as is_week_complete,
        {{ period_number('local_day', "'month'") }} < {{ period_number('open_day', "'month'") }}
            as is_month_complete,
        local_day
    from days
)

select * from final

-- The points at which people are valued: the clock, the ends of the last 12 local months, and as
-- many days before the clock as each forecast looks ahead, whose outcome is known by now.
with clock as (
    select * from {{ ref('clock') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_order
),

history as (
    select min(ordered_at) as first_order_at from orders
),

bounds as (
    select
        clock.as_of_at,
        h.first_order_at,
        {{ add_days('h.first_order_at', setting('churn_warm_up_days')) }} as earliest_at,
        {{ add_days('h.first_order_at', 730) }} as two_years_at,
        {{ period_number('clock.open_day', "'month'") }} as open_month_number
    from clock
    cross join history as h
    where h.first_order_at < clock.as_of_at
),

steps as (
    select
        as_of_at,
        open_month_number,
        {{ numbers_up_to(11) }} as step
    from bounds
),

points as (
    select
        'today' as split,
        cast(0 as bigint) as horizon_days,
        {{ first_of_month('open_month_number') }} as month,
        as_of_at as cut_off_at
    from bounds
    {%- for days in value_horizons() %}
    union all
    select
        'test' as split,
        cast({{ days }} as bigint) as horizon_days,
        cast(null as date) as month,
        {{ add_days('as_of_at', -days) }} as cut_off_at
    from bounds
    {%- endfor %}
    union all
    select
        'month' as split,
        cast(0 as bigint) as horizon_days,
        {{ first_of_month('open_month_number - 1 - step') }} as month,
        {{ utc_from_local(
            'cast(' ~ first_of_month('open_month_number - step') ~ ' as string)',
            setting('time_zone')[1:-1]
        ) }} as cut_off_at
    from steps
),

final as (
    select
        p.split,
        dense_rank() over (order by p.cut_off_at) as cut_off_number,
        p.horizon_days,
        p.cut_off_at >= b.earliest_at as is_fitted,
        p.cut_off_at >= b.two_years_at as has_season,
        p.month,
        {{ local_day('p.cut_off_at') }} as cut_off_day,
        p.cut_off_at,
        b.as_of_at
    from points as p
    cross join bounds as b
    where p.cut_off_at > b.first_order_at
)

select * from final

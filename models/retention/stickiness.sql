-- On how many days of a month its people are active: as a distribution, and as one ratio. Only
-- months that are complete at the clock, and of the first one only the days since the shop's first
-- active day, which nobody could be active before.
with customer_days as (
    select * from {{ ref('customer_days') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- Months as consecutive numbers, those of the macro period_number.
active_days as (
    select
        d.person_id,
        d.local_day,
        year(d.local_day) * 12 + month(d.local_day) - 1 as month_number,
        year(clock.open_day) * 12 + month(clock.open_day) - 2 as last_month_number
    from customer_days as d
    cross join clock
),

spans as (
    select
        min(local_day) as first_day,
        min(month_number) as first_month_number,
        max(last_month_number) - min(month_number) as last_step
    from active_days
    where month_number <= last_month_number
),

steps as (
    select
        first_day,
        first_month_number,
        {{ numbers_up_to('last_step') }} as step
    from spans
),

months as (
    select
        first_month_number + step as month_number,
        {{ days_between(
            'greatest(first_day, ' ~ first_of_month('first_month_number + step') ~ ')',
            first_of_month('first_month_number + step + 1')
        ) }} as observed_day_count
    from steps
),

people as (
    select
        month_number,
        person_id,
        count(*) as active_day_count
    from active_days
    where month_number <= last_month_number
    group by month_number, person_id
),

counted as (
    select
        month_number,
        active_day_count,
        count(*) as people_count
    from people
    group by month_number, active_day_count
),

day_counts as (
    select
        month_number,
        observed_day_count,
        {{ numbers_up_to('observed_day_count') }} as active_day_count
    from months
),

-- Every count of days from 1 on, also those that nobody has.
distributed as (
    select
        d.month_number,
        d.observed_day_count,
        d.active_day_count,
        coalesce(c.people_count, 0) as people_count,
        sum(coalesce(c.people_count, 0)) over (partition by d.month_number) as active_count,
        sum(coalesce(c.people_count, 0) * d.active_day_count) over (partition by d.month_number)
            as person_day_count
    from day_counts as d
    left join counted as c
        on d.month_number = c.month_number and d.active_day_count = c.active_day_count
    where d.active_day_count >= 1
),

final as (
    select
        cast(active_day_count as bigint) as active_day_count,
        people_count,
        cast(people_count as double) / nullif(active_count, 0) as people_share,
        cast(active_count as bigint) as monthly_active_count,
        cast(observed_day_count as bigint) as observed_day_count,
        cast(person_day_count as double) / observed_day_count as mean_daily_active_count,
        cast(person_day_count as double) / observed_day_count / nullif(active_count, 0)
            as stickiness,
        {{ first_of_month('month_number') }} as month_start
    from distributed
)

select * from final

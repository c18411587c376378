-- Who is new, stays, comes back and lapses, by local day, week and month. A period that is not
-- complete at the clock does not count: nobody has lapsed from a day that is not over.
with customer_days as (
    select * from {{ ref('customer_days') }}
),

clock as (
    select * from {{ ref('clock') }}
),

grains as (
    select 'day' as period_grain
    union all
    select 'week' as period_grain
    union all
    select 'month' as period_grain
),

complete as (
    select
        g.period_grain,
        {{ period_number('clock.open_day', 'g.period_grain') }} - 1 as last_number
    from grains as g
    cross join clock
),

active as (
    select distinct
        c.period_grain,
        d.person_id,
        {{ period_number('d.local_day', 'c.period_grain') }} as period_number,
        c.last_number
    from customer_days as d
    cross join complete as c
    where {{ period_number('d.local_day', 'c.period_grain') }} <= c.last_number
),

-- A person's period between the one before, over full history, and the one after.
sequenced as (
    select
        *,
        lag(period_number) over same_person as previous_number,
        lead(period_number) over same_person as next_number
    from active
    window same_person as (partition by period_grain, person_id order by period_number)
),

came as (
    select
        period_grain,
        period_number,
        count(*) as active_count,
        count(case when previous_number is null then 1 end) as new_count,
        count(case when previous_number = period_number - 1 then 1 end) as returning_count,
        count(case when previous_number < period_number - 1 then 1 end) as resurrected_count
    from sequenced
    group by period_grain, period_number
),

-- Who was active in a period and not in the next one lapsed in the next one.
lapsed as (
    select
        period_grain,
        period_number + 1 as period_number,
        count(*) as lapsed_count
    from sequenced
    where next_number is distinct from period_number + 1
    group by period_grain, period_number
),

spans as (
    select
        period_grain,
        min(period_number) as first_number,
        max(last_number) - min(period_number) as last_step
    from active
    group by period_grain
),

steps as (
    select
        period_grain,
        first_number,
        {{ numbers_up_to('last_step') }} as step
    from spans
),

-- Every period since the first, also those in which nobody was active: people lapse in them.
periods as (
    select
        period_grain,
        first_number + step as period_number
    from steps
),

final as (
    select
        p.period_grain,
        coalesce(c.active_count, 0) as active_count,
        coalesce(c.new_count, 0) as new_count,
        coalesce(c.returning_count, 0) as returning_count,
        coalesce(c.resurrected_count, 0) as resurrected_count,
        coalesce(l.lapsed_count, 0) as lapsed_count,
        cast(coalesce(c.new_count, 0) + coalesce(c.resurrected_count, 0) as double)
        / l.lapsed_count as quick_ratio,
        {{ period_start('p.period_number', 'p.period_grain') }} as period_start
    from periods as p
    left join came as c
        on p.period_grain = c.period_grain and p.period_number = c.period_number
    left join lapsed as l
        on p.period_grain = l.period_grain and p.period_number = l.period_number
)

select * from final

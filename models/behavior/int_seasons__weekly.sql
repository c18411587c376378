-- The index of each weekday, hour, and hour of a weekday against the mean one, over whole weeks
-- without a holiday and without an outage: so each weekday is there as often.
with int_rhythm__days as (
    select * from {{ ref('int_rhythm__days') }}
),

int_rhythm__hours as (
    select * from {{ ref('int_rhythm__hours') }}
),

weeks as (
    select
        measure,
        {{ period_number('local_day', "'week'") }} as week_number
    from int_rhythm__days
    group by measure, {{ period_number('local_day', "'week'") }}
    having count(*) = 7 and not bool_or(is_outage) and count(holiday) = 0
),

week_counts as (
    select
        measure,
        count(*) as week_count
    from weeks
    group by measure
),

hours as (
    select
        measure,
        local_hour,
        hour_value,
        {{ days_between("date '1969-12-29'", 'local_day') }} % 7 as weekday_place,
        {{ period_number('local_day', "'week'") }} as week_number
    from int_rhythm__hours
),

parts as (
    select
        'weekday' as kind,
        measure,
        {{ period_number('local_day', "'week'") }} as week_number,
        weekday_number - 1 as place,
        day_value as part_value
    from int_rhythm__days
    union all
    select
        'hour' as kind,
        measure,
        week_number,
        local_hour as place,
        hour_value as part_value
    from hours
    union all
    select
        'weekday_hour' as kind,
        measure,
        week_number,
        24 * weekday_place + local_hour as place,
        hour_value as part_value
    from hours
),

-- Whole numbers, or cents: sums of their products are the same in any order. A product of two with
-- 18 digits has 36, which is asked for below: a week of ten millions is a usual one in yen.
cells as (
    select
        p.kind,
        p.measure,
        p.week_number,
        p.place,
        cast(sum(p.part_value) as decimal(18, 2)) as cell_value
    from parts as p
    inner join weeks as w
        on p.measure = w.measure and p.week_number = w.week_number
    group by p.kind, p.measure, p.week_number, p.place
),

totals as (
    select
        kind,
        measure,
        week_number,
        cast(sum(cell_value) as decimal(18, 2)) as week_value
    from cells
    group by kind, measure, week_number
),

of_weeks as (
    select
        kind,
        measure,
        cast(sum(week_value) as double) as week_sum,
        cast(sum(week_value * cast(week_value as decimal(19, 2))) as double) as week_squares
    from totals
    group by kind, measure
),

of_places as (
    select
        c.kind,
        c.measure,
        c.place,
        cast(sum(c.cell_value) as double) as cell_sum,
        cast(sum(c.cell_value * cast(c.cell_value as decimal(19, 2))) as double) as cell_squares,
        cast(sum(c.cell_value * cast(t.week_value as decimal(19, 2))) as double) as products
    from cells as c
    inner join totals as t
        on c.kind = t.kind and c.measure = t.measure and c.week_number = t.week_number
    group by c.kind, c.measure, c.place
),

places as (
    select {{ numbers_up_to('167') }} as place
),

-- An hour in which nothing ever happened has a row too.
frame as (
    select
        'weekday' as kind,
        7 as place_count,
        1 as days_a_week,
        place
    from places
    where place < 7
    union all
    select
        'hour' as kind,
        24 as place_count,
        7 as days_a_week,
        place
    from places
    where place < 24
    union all
    select
        'weekday_hour' as kind,
        168 as place_count,
        1 as days_a_week,
        place
    from places
),

-- The ratio of a part of the week to the mean part.
measured as (
    select
        w.measure,
        f.kind,
        f.place,
        f.place_count,
        w.week_count,
        w.week_count * f.days_a_week as day_count,
        f.place_count * coalesce(p.cell_sum, 0) / nullif(t.week_sum, 0) as index_value,
        coalesce(p.cell_squares, 0) as cell_squares,
        coalesce(p.products, 0) as products,
        t.week_squares,
        t.week_sum
    from week_counts as w
    cross join frame as f
    left join of_weeks as t
        on w.measure = t.measure and f.kind = t.kind
    left join of_places as p
        on w.measure = p.measure and f.kind = p.kind and f.place = p.place
),

-- Its variance over weeks (Cochran 1977, 6.13): a week in which all was more says nothing.
spread as (
    select
        *,
        sqrt(
            greatest(
                place_count * place_count * cell_squares
                - 2 * place_count * index_value * products
                + index_value * index_value * week_squares,
                0
            )
            * week_count / nullif(week_count - 1, 0)
        ) / week_sum as standard_error
    from measured
),

final as (
    select
        measure,
        kind,
        cast(place as bigint) as place,
        cast(week_count as bigint) as week_count,
        cast(day_count as bigint) as day_count,
        index_value,
        -- Below 0 lies an hour of whose orders more was paid back than they were worth.
        greatest(
            index_value - ({{ t_quantile('week_count - 1') }}) * standard_error,
            least(index_value, 0)
        ) as index_low,
        index_value + ({{ t_quantile('week_count - 1') }}) * standard_error as index_high
    from spread
)

select * from final

-- Which values have which score at each month end. Fifths are counted over people, so that equal
-- values share a score. Values are sorted, not people: there are fewer of them.
with int_rfm__states as (
    select * from {{ ref('int_rfm__states') }}
    where order_count > 0
),

int_rfm__months as (
    select * from {{ ref('int_rfm__months') }}
),

rfm_frequency_edges as (
    select * from {{ ref('rfm_frequency_edges') }}
),

steps as (
    select
        from_month_number,
        frequency_score,
        net_sales,
        last_order_at,
        {{ numbers_up_to('to_month_number - from_month_number') }} as step
    from int_rfm__states
),

points as (
    select
        m.month_number,
        s.frequency_score,
        s.net_sales,
        {{ floor_divide(
            epoch_micros('m.end_at') ~ ' - ' ~ epoch_micros('s.last_order_at'), 86400000000
        ) }} as recency_days
    from steps as s
    inner join int_rfm__months as m
        on s.from_month_number + s.step = m.month_number
),

-- The best values come last.
counted as (
    select
        month_number,
        'recency' as measure,
        cast(recency_days as decimal(38, 4)) as measured_value,
        cast(-recency_days as decimal(38, 4)) as goodness,
        count(*) as people_count
    from points
    group by month_number, recency_days
    union all
    select
        month_number,
        'monetary' as measure,
        net_sales as measured_value,
        net_sales as goodness,
        count(*) as people_count
    from points
    group by month_number, net_sales
),

ranked as (
    select
        month_number,
        measure,
        measured_value,
        people_count,
        sum(people_count) over (
            partition by month_number, measure
            order by goodness
        ) as people_up_to_it,
        sum(people_count) over (partition by month_number, measure) as people_in_all
    from counted
),

scored as (
    select
        month_number,
        measure,
        measured_value,
        people_count,
        {{ floor_divide('5 * people_up_to_it + people_in_all - 1', 'people_in_all') }} as score
    from ranked
),

-- The edges of frequency are those of the seed, whether or not anybody has so many orders.
frequencies as (
    select
        month_number,
        frequency_score,
        count(*) as people_count
    from points
    group by month_number, frequency_score
),

edges as (
    select
        m.month_number,
        e.frequency_score,
        e.min_order_count,
        lead(e.min_order_count) over (
            partition by m.month_number
            order by e.min_order_count
        ) - 1 as max_order_count
    from int_rfm__months as m
    cross join rfm_frequency_edges as e
    where m.month_number in (select f.month_number from frequencies as f)
),

cut_points as (
    select
        month_number,
        measure,
        score,
        min(measured_value) as lowest_value,
        max(measured_value) as highest_value,
        sum(people_count) as people_count
    from scored
    group by month_number, measure, score
    union all
    select
        e.month_number,
        'frequency' as measure,
        e.frequency_score as score,
        e.min_order_count as lowest_value,
        e.max_order_count as highest_value,
        coalesce(f.people_count, 0) as people_count
    from edges as e
    left join frequencies as f
        on e.month_number = f.month_number and e.frequency_score = f.frequency_score
),

final as (
    select
        c.measure,
        cast(c.score as bigint) as score,
        cast(c.people_count as bigint) as people_count,
        cast(c.lowest_value as decimal(38, 4)) as lowest_value,
        cast(c.highest_value as decimal(38, 4)) as highest_value,
        m.is_month_complete,
        m.month
    from cut_points as c
    inner join int_rfm__months as m
        on c.month_number = m.month_number
)

select * from final

-- How many times its usual each holiday was: the same weekday two weeks before and after, without
-- holidays and outages.
-- Returns come weeks after a holiday: they say nothing of when people buy.
with int_rhythm__days as (
    select * from {{ ref('int_rhythm__days') }}
    where measure <> 'sales_less_returns'
),

int_rhythm__holidays as (
    select * from {{ ref('int_rhythm__holidays') }}
),

-- Both sides: before Christmas alone would say that a shop sells more in December.
around as (
    select
        *,
        cast(avg(case when holiday is null and not is_outage then day_value end) over (
            partition by measure, weekday_number order by local_day
            rows between 2 preceding and 1 preceding
        ) as double) as mean_before,
        cast(avg(case when holiday is null and not is_outage then day_value end) over (
            partition by measure, weekday_number order by local_day
            rows between 1 following and 2 following
        ) as double) as mean_after
    from int_rhythm__days
),

expected as (
    select
        measure,
        holiday,
        is_outage,
        greatest(cast(day_value as double), 0.0) as day_value,
        greatest(
            (coalesce(mean_before, mean_after) + coalesce(mean_after, mean_before)) / 2.0, 0.0
        ) as expected_value
    from around
),

-- What the roots of ordinary days are off by. On roots a quiet day varies as much as a busy one.
-- Decimals are summed, whose sum is the same in any order.
ordinary as (
    select
        measure,
        sqrt(cast(avg(cast(
            power(sqrt(day_value) - sqrt(expected_value), 2) as decimal(38, 12)
        )) as double)) as spread
    from expected
    where holiday is null and not is_outage and expected_value is not null
    group by measure
),

measures as (
    select distinct measure
    from int_rhythm__days
),

named as (
    select distinct name
    from int_rhythm__holidays
),

seen as (
    select
        measure,
        holiday,
        count(*) as day_count,
        cast(sum(cast(day_value as decimal(38, 12))) as double) as day_sum,
        cast(sum(cast(expected_value as decimal(38, 12))) as double) as expected_sum
    from expected
    where holiday is not null and not is_outage and expected_value > 0
    group by measure, holiday
),

final as (
    select
        m.measure,
        n.name,
        cast(coalesce(s.day_count, 0) as bigint) as day_count,
        s.day_sum / s.expected_sum as index_value,
        power(
            greatest(
                sqrt(s.day_sum / s.expected_sum)
                - 1.959963984540054 * o.spread / sqrt(s.expected_sum),
                0
            ), 2
        ) as index_low,
        power(
            sqrt(s.day_sum / s.expected_sum)
            + 1.959963984540054 * o.spread / sqrt(s.expected_sum), 2
        ) as index_high
    from measures as m
    cross join named as n
    left join seen as s
        on m.measure = s.measure and n.name = s.holiday
    left join ordinary as o
        on m.measure = o.measure
)

select * from final

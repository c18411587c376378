-- The index of each month against the mean month of its year, where the shop has seen two years:
-- with one, a shop that grows cannot tell December from growth.
with int_rhythm__days as (
    select * from {{ ref('int_rhythm__days') }}
),

days as (
    select
        *,
        {{ period_number('local_day', "'month'") }} as month_number
    from int_rhythm__days
),

-- Whole months: from the first day to the day before the first of the next.
months as (
    select
        measure,
        month_number,
        count(case when not is_outage then 1 end) as day_count,
        cast(sum(case when not is_outage then day_value end) as double)
        / nullif(count(case when not is_outage then 1 end), 0) as day_mean
    from days
    group by measure, month_number
    having
        count(*)
        = {{ days_between(first_of_month('month_number'), first_of_month('month_number + 1')) }}
),

-- Years of twelve months, counted back from the latest one.
placed as (
    select
        *,
        row_number() over (partition by measure order by month_number desc) - 1 as months_back,
        {{ floor_divide('count(*) over (partition by measure)', 12) }} as year_count
    from months
),

kept as (
    select
        *,
        {{ floor_divide('months_back', 12) }} as years_back
    from placed
    where year_count >= 2 and months_back < 12 * year_count
),

years as (
    select
        measure,
        cast(avg(case when years_back = 0 then cast(day_mean as decimal(38, 12)) end) as double)
            as latest_mean,
        cast(avg(
            case when years_back = year_count - 1 then cast(day_mean as decimal(38, 12)) end
        ) as double) as earliest_mean
    from kept
    group by measure
),

-- As if the shop had grown by the same share each month, from the first of these years to the last.
level as (
    select
        k.measure,
        k.month_number,
        k.years_back,
        k.year_count,
        k.day_count,
        k.day_mean * case
            when y.earliest_mean > 0 and y.latest_mean > 0
                then power(
                    y.latest_mean / y.earliest_mean,
                    cast(k.months_back as double) / (12 * (k.year_count - 1))
                )
            else 1
        end as level_mean
    from kept as k
    inner join years as y
        on k.measure = y.measure
),

ratios as (
    select
        *,
        level_mean / nullif(cast(avg(cast(level_mean as decimal(38, 12))) over (
            partition by measure, years_back
        ) as double), 0) as ratio
    from level
),

indexed as (
    select
        *,
        cast(avg(cast(ratio as decimal(38, 12))) over (
            partition by measure, month_number % 12
        ) as double) as index_value
    from ratios
),

-- What months of a name differ by from year to year is the same for all of them.
spread as (
    select
        *,
        sqrt(
            cast(sum(cast(power(ratio - index_value, 2) as decimal(38, 12))) over (
                partition by measure
            ) as double)
            / (12 * (year_count - 1)) / year_count
        ) as standard_error
    from indexed
),

final as (
    select
        measure,
        cast(month_number % 12 + 1 as bigint) as place,
        cast(sum(day_count) as bigint) as day_count,
        min(index_value) as index_value,
        min(index_value - ({{ t_quantile('12 * (year_count - 1)') }}) * standard_error)
            as index_low,
        min(index_value + ({{ t_quantile('12 * (year_count - 1)') }}) * standard_error)
            as index_high
    from spread
    group by measure, month_number % 12
)

select * from final

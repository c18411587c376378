-- What a cohort's net sales of each month are worth beside those of its first month. An order's net
-- sales, with all that was given back since, belong to the month of the order.
with orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_net_at_clock
),

clock as (
    select * from {{ ref('clock') }}
),

known as (
    select
        o.person_id,
        o.net_sales,
        {{ return_window_days('o.source_name') }} as return_window_days,
        {{ period_number('o.local_day', "'month'") }} as month_number,
        min({{ period_number('o.local_day', "'month'") }}) over (
            partition by o.person_id
        ) as start_number,
        {{ period_number('clock.open_day', "'month'") }} - 1 as last_number
    from orders as o
    cross join clock
    where clock.as_of_at > o.ordered_at
),

cohorts as (
    select
        start_number,
        max(last_number) - start_number as last_index,
        count(distinct person_id) as cohort_size,
        max(return_window_days) as return_window_days
    from known
    group by start_number
),

indexes as (
    select
        start_number,
        {{ numbers_up_to('last_index') }} as period_index
    from cohorts
    where last_index >= 0
),

sales as (
    select
        start_number,
        month_number - start_number as period_index,
        sum(net_sales) as net_sales,
        count(*) as order_count
    from known
    group by start_number, month_number - start_number
),

measured as (
    select
        c.start_number,
        c.cohort_size,
        i.period_index,
        coalesce(s.order_count, 0) as order_count,
        coalesce(s.net_sales, 0) as net_sales,
        first_value(s.net_sales) over (
            partition by c.start_number
            order by i.period_index
        ) as first_net_sales,
        {{ add_days(
            period_start('c.start_number + i.period_index + 1', "'month'"),
            'c.return_window_days', 'date'
        ) }} <= clock.open_day as is_settled
    from cohorts as c
    inner join indexes as i
        on c.start_number = i.start_number
    left join sales as s
        on c.start_number = s.start_number and i.period_index = s.period_index
    cross join clock
),

final as (
    select
        cast(period_index as bigint) as period_index,
        cohort_size,
        order_count,
        cast(net_sales as decimal(38, 4)) as net_sales,
        cast(net_sales as double) / nullif(cast(first_net_sales as double), 0)
            as revenue_retention_rate,
        is_settled,
        {{ period_start('start_number', "'month'") }} as cohort_start
    from measured
)

select * from final

-- What those who first bought in a month have brought since, by the way they came and month by
-- month: orders are read once, for cohorts and for what channels pay back.
with orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_net_at_clock
),

customer_lifecycle as (
    select * from {{ ref('customer_lifecycle') }}
),

clock as (
    select * from {{ ref('clock') }}
),

known as (
    select
        o.person_id,
        o.net_sales,
        case when o.is_settled then o.net_sales else 0 end as settled_net_sales,
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

-- Everybody of a cohort has an order in its month 0, so its people are counted there.
sales as (
    select
        coalesce(p.channel, 'unknown') as channel,
        k.start_number,
        k.month_number - k.start_number as period_index,
        max(k.last_number) - k.start_number as last_index,
        count(distinct k.person_id) as people_count,
        count(*) as order_count,
        sum(k.net_sales) as net_sales,
        sum(k.settled_net_sales) as settled_net_sales,
        max(k.return_window_days) as return_window_days
    from known as k
    left join customer_lifecycle as p
        on k.person_id = p.person_id
    group by coalesce(p.channel, 'unknown'), k.start_number, k.month_number - k.start_number
),

cohorts as (
    select
        channel,
        start_number,
        max(last_index) as last_index,
        max(case when period_index = 0 then people_count end) as people_count,
        max(return_window_days) as return_window_days
    from sales
    group by channel, start_number
),

-- A month that is not over is absent, one without orders is there.
indexes as (
    select
        channel,
        start_number,
        people_count,
        return_window_days,
        {{ numbers_up_to('last_index') }} as period_index
    from cohorts
    where last_index >= 0
),

measured as (
    select
        i.channel,
        i.start_number,
        i.period_index,
        i.people_count,
        coalesce(s.order_count, 0) as order_count,
        coalesce(s.net_sales, 0) as net_sales,
        sum(coalesce(s.net_sales, 0)) over so_far as booked_net_sales,
        sum(coalesce(s.settled_net_sales, 0)) over so_far as settled_net_sales,
        {{ add_days(
            period_start('i.start_number + i.period_index + 1', "'month'"),
            'i.return_window_days', 'date'
        ) }} <= clock.open_day as is_settled
    from indexes as i
    left join sales as s
        on
            i.channel = s.channel
            and i.start_number = s.start_number
            and i.period_index = s.period_index
    cross join clock
    window so_far as (
        partition by i.channel, i.start_number
        order by i.period_index
    )
),

final as (
    select
        channel,
        cast(period_index as bigint) as period_index,
        people_count,
        order_count,
        cast(net_sales as decimal(38, 4)) as net_sales,
        cast(booked_net_sales as decimal(38, 4)) as booked_net_sales,
        cast(settled_net_sales as decimal(38, 4)) as settled_net_sales,
        is_settled,
        {{ period_start('start_number', "'month'") }} as acquisition_month
    from measured
)

select * from final

-- What a customer who came in a month has brought so far, month by month.
with int_cohorts__channels as (
    select * from {{ ref('int_cohorts__channels') }}
),

summed as (
    select
        acquisition_month,
        period_index,
        sum(people_count) as cohort_size,
        sum(order_count) as order_count,
        sum(net_sales) as net_sales,
        sum(booked_net_sales) as booked_net_sales,
        sum(settled_net_sales) as settled_net_sales,
        min(case when is_settled then 1 else 0 end) = 1 as is_settled
    from int_cohorts__channels
    group by acquisition_month, period_index
),

final as (
    select
        period_index,
        cast(cohort_size as bigint) as cohort_size,
        cast(order_count as bigint) as order_count,
        cast(net_sales as decimal(38, 4)) as net_sales,
        cast(booked_net_sales as decimal(38, 4)) as booked_net_sales,
        cast(settled_net_sales as decimal(38, 4)) as settled_net_sales,
        cast(round(booked_net_sales / cohort_size, 4) as decimal(38, 4))
            as booked_net_sales_per_person,
        cast(round(settled_net_sales / cohort_size, 4) as decimal(38, 4))
            as settled_net_sales_per_person,
        is_settled,
        acquisition_month
    from summed
)

select * from final

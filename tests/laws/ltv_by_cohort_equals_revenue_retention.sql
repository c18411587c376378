-- What a cohort has brought by a month is what it brought in each month up to it, as
-- retention.revenue_retention counts them by other code: the same months, people, orders and sales.
-- Nothing settled is more than what is booked of a settled month: there the two are one.
-- If it breaks: int_cohorts__channels.sql leaves orders out, counts a person in two channels, or
-- adds months in another order; it must take the orders that revenue_retention.sql takes.
with retained as (
    select
        cohort_start as acquisition_month,
        period_index,
        cohort_size,
        order_count,
        net_sales,
        cast(
            sum(net_sales) over (partition by cohort_start order by period_index) as decimal(38, 4)
        ) as booked_net_sales,
        is_settled
    from {{ ref('revenue_retention') }}
),

told as (
    select * from {{ ref('ltv_by_cohort') }}
),

changed as (
    {{ differences(
        'told',
        'retained',
        by=['acquisition_month', 'period_index'],
        of=['cohort_size', 'order_count', 'net_sales', 'booked_net_sales', 'is_settled']
    ) }}
)

select
    acquisition_month,
    period_index
from changed
union all
select
    acquisition_month,
    period_index
from told
where is_settled and settled_net_sales <> booked_net_sales

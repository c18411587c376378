-- SKELETON: own past rate in place of the model, until ml_value_forecasts stands.
with orders as (
    select * from {{ ref('orders') }}
    where person_id is not null and is_net_at_clock
),

clock as (
    select * from {{ ref('clock') }}
),

steps as (
    select
        as_of_at,
        {{ period_number('open_day', "'month'") }} as open_month_number,
        {{ numbers_up_to(12) }} as step
    from clock
    where first_at is not null
),

cut_offs as (
    select
        {{ first_of_month('open_month_number - step') }} as month,
        step > 0 as is_month_complete,
        case
            when step = 0 then as_of_at
            else cast({{ first_of_month('open_month_number - step + 1') }} as timestamp)
        end as cut_off_at
    from steps
),

final as (
    select
        o.person_id,
        cast(sum(
            case when o.ordered_at >= {{ add_days('c.cut_off_at', -365) }} then o.net_sales else 0 end
        ) as decimal(38, 4)) as net_sales_365d,
        cast(sum(o.net_sales) as double) / 2 as expected_net_sales_365d,
        true as is_served,
        c.is_month_complete,
        c.month,
        c.cut_off_at
    from cut_offs as c
    inner join orders as o
        on c.cut_off_at > o.ordered_at
    group by o.person_id, c.is_month_complete, c.month, c.cut_off_at
)

select * from final

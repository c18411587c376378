-- The open month of the history is today: the people of value.customer_ltv, with what is expected
-- of them, and the net sales of their orders of the last 365 days.
-- If it breaks: people who differ were not known at the same clock: build the room value again from
-- value.int_value__cutoffs on. Net sales that differ: value.int_value__order_days has another day,
-- or other money, than core.orders.
with clock as (
    select * from {{ ref('clock') }}
),

sold as (
    select
        o.person_id,
        sum(
            case
                when
                    {{ days_between('o.local_day', local_day('clock.as_of_at')) }} <= 365
                    and {{ is_churn_order('o.is_net_at_clock') }}
                    then m.amount
                else 0
            end
        ) as net_sales_365d
    from {{ ref('orders') }} as o
    cross join clock
    inner join {{ ref('money_lines') }} as m
        on o.source_name = m.source_name and o.order_id = m.order_id
    where
        o.is_order
        and m.effective_at < clock.as_of_at
        and {{ is_sale_kind('m.kind') }}
    group by o.person_id
),

expected as (
    select
        v.person_id,
        v.is_served,
        v.expected_net_sales_365d,
        cast(s.net_sales_365d as decimal(38, 4)) as net_sales_365d
    from {{ ref('customer_ltv') }} as v
    inner join sold as s
        on v.person_id = s.person_id
),

today as (
    select * from {{ ref('value_history') }}
    where not is_month_complete
),

changed as (
    {{ differences(
        'expected', 'today', by=['person_id'],
        of=['is_served', 'expected_net_sales_365d', 'net_sales_365d']
    ) }}
)

select person_id from changed

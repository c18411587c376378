-- The open month of the history is today: the people of value.customer_ltv, with what is expected
-- of them, and what the ledger has of their last 365 days, by the day of the order, or of a line
-- that names none.
-- If it breaks: people who differ were not known at the same clock: build the room value again from
-- value.int_value__cutoffs on. Net sales that differ: value.int_value__order_days has another day,
-- or other money, than core.money_lines.
with clock as (
    select * from {{ ref('clock') }}
),

sold as (
    select
        m.person_id,
        sum(
            case
                when
                    {{ days_between(
                        'coalesce(o.local_day, ' ~ local_day('m.effective_at') ~ ')',
                        local_day('clock.as_of_at')
                    ) }} <= 365
                    then m.amount
                else 0
            end
        ) as net_sales_365d
    from {{ ref('money_lines') }} as m
    cross join clock
    left join {{ ref('orders') }} as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where
        m.effective_at < clock.as_of_at
        and not coalesce(o.is_test, false)
        and {{ is_sale_kind('m.kind') }}
    group by m.person_id
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

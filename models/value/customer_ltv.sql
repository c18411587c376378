-- What buyers have brought, and what is to be expected of them. A refund without an order is theirs
-- too.
with orders as (
    select * from {{ ref('orders') }}
),

money_lines as (
    select * from {{ ref('money_lines') }}
),

clock as (
    select * from {{ ref('clock') }}
),

int_value__persons as (
    select * from {{ ref('int_value__persons') }}
),

int_value__served as (
    select * from {{ ref('int_value__served') }}
),

today as (
    select
        cut_off_number,
        as_of_at
    from {{ ref('int_value__cutoffs') }}
    where split = 'today'
),

-- A share of what is expected is left to the shop, less what waiting for it takes off on average.
expected as (
    select
        e.person_number,
        e.repeat_count,
        e.first_order_on,
        e.last_order_on,
        e.p_alive,
        e.p_order_90d,
        {%- for days in value_horizons() %}
        e.expected_orders_{{ days }}d,
        e.expected_orders_{{ days }}d * e.order_day_value as net_sales_{{ days }}d,
        e.low_spend_{{ days }}d * e.order_day_value as low_{{ days }}d,
        e.high_spend_{{ days }}d * e.order_day_value as high_{{ days }}d,
        w.margin * coalesce(
            e.discounted_orders_{{ days }}d / nullif(e.expected_orders_{{ days }}d, 0), 1
        ) as worth_{{ days }}d,
        {%- endfor %}
        e.staying_orders_365d * e.order_day_value as net_sales_if_staying_365d,
        e.is_fallback
    from {{ ref('int_value__expected') }} as e
    inner join today as t
        on e.cut_off_number = t.cut_off_number
    cross join {{ ref('int_value__terms') }} as w
    where e.has_net_order
),

booked as (
    select
        m.person_id,
        sum(m.amount) as booked_net_sales,
        sum(case when coalesce(o.is_settled, true) then m.amount else 0 end) as settled_net_sales
    from money_lines as m
    cross join clock
    left join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where
        m.effective_at < clock.as_of_at
        and {{ is_sale_kind('m.kind') }}
        and not coalesce(o.is_test, false)
    group by m.person_id
),

final as (
    select
        n.person_id,
        e.repeat_count + 1 as order_day_count,
        cast(b.booked_net_sales as decimal(38, 4)) as booked_net_sales,
        cast(b.settled_net_sales as decimal(38, 4)) as settled_net_sales,
        case when s.is_served_90d then e.p_alive end as p_alive,
        case when s.is_served_90d then e.p_order_90d end as p_order_90d
        {%- for days in value_horizons() %},
        case when s.is_served_{{ days }}d then e.expected_orders_{{ days }}d end
            as expected_orders_{{ days }}d,
        case when s.is_served_{{ days }}d then e.net_sales_{{ days }}d end
            as expected_net_sales_{{ days }}d,
        case when s.is_served_{{ days }}d then e.low_{{ days }}d end
            as expected_net_sales_{{ days }}d_low,
        case when s.is_served_{{ days }}d then e.high_{{ days }}d end
            as expected_net_sales_{{ days }}d_high,
        case when s.is_served_{{ days }}d then e.net_sales_{{ days }}d * e.worth_{{ days }}d end
            as expected_value_{{ days }}d,
        case when s.is_served_{{ days }}d then e.low_{{ days }}d * e.worth_{{ days }}d end
            as expected_value_{{ days }}d_low,
        case when s.is_served_{{ days }}d then e.high_{{ days }}d * e.worth_{{ days }}d end
            as expected_value_{{ days }}d_high
        {%- endfor %},
        case
            when s.is_served_365d then e.net_sales_if_staying_365d * e.worth_365d
        end as value_if_staying_365d,
        coalesce(e.is_fallback, false) as is_fallback,
        s.is_served_365d as is_served,
        e.first_order_on,
        e.last_order_on,
        t.as_of_at
    from expected as e
    inner join int_value__persons as n
        on e.person_number = n.person_number
    inner join booked as b
        on n.person_id = b.person_id
    cross join today as t
    cross join int_value__served as s
)

select * from final

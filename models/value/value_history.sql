-- What was known of each buyer at the ends of months, and is known today. Whether a forecast is
-- served is today's verdict for all of them: else everybody would move where a verdict does.
with cut_offs as (
    select
        split,
        cut_off_number,
        month,
        cut_off_at
    from {{ ref('int_value__cutoffs') }}
    where split in ('today', 'month')
),

int_value__expected as (
    select * from {{ ref('int_value__expected') }}
    where has_net_order
),

int_value__persons as (
    select * from {{ ref('int_value__persons') }}
),

int_value__served as (
    select * from {{ ref('int_value__served') }}
),

final as (
    select
        n.person_id,
        e.net_sales_365d,
        case when s.is_served_365d then e.expected_orders_365d * e.order_day_value end
            as expected_net_sales_365d,
        s.is_served_365d and e.is_fitted as is_served,
        c.split = 'month' as is_month_complete,
        c.month,
        c.cut_off_at
    from cut_offs as c
    inner join int_value__expected as e
        on c.cut_off_number = e.cut_off_number
    inner join int_value__persons as n
        on e.person_number = n.person_number
    cross join int_value__served as s
)

select * from final

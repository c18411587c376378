-- What each buyer's orders were like, as far as each cut-off knew: offers, size, lateness, variety.
with int_orders__as_known as (
    select * from {{ ref('int_orders__as_known') }}
    where person_id is not null
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind = 'item' and order_id is not null
),

int_products__as_known as (
    select * from {{ ref('int_products__as_known') }}
),

-- An order's main product is the line that cost most.
main_lines as (
    select
        source_name,
        order_id,
        product_id
    from money_lines
    qualify row_number() over (
        partition by source_name, order_id
        order by native_amount desc, line_id desc
    ) = 1
),

-- Refunds are summed over all orders, not over net orders alone: an order that was refunded in full
-- is no net order, and its refund would be missing.
returned as (
    select
        cut_off_at,
        person_id,
        sum(gross_sales) as gross_sales,
        sum(refund_amount) as refund_amount,
        sum(refund_count) as refund_count,
        max(last_available_at) as last_available_at
    from int_orders__as_known
    group by cut_off_at, person_id
),

churn_orders as (
    select * from int_orders__as_known
    where {{ is_churn_order('is_net_order') }}
),

described as (
    select
        o.*,
        p.category,
        p.is_replenishable,
        p.last_available_at as product_available_at,
        row_number() over (
            partition by o.cut_off_at, o.person_id
            order by o.ordered_at, o.source_name, o.order_id
        ) as place,
        lead(o.order_id) over (
            partition by o.cut_off_at, o.person_id
            order by o.ordered_at, o.source_name, o.order_id
        ) is null as is_last
    from churn_orders as o
    left join main_lines as m
        on o.source_name = m.source_name and o.order_id = m.order_id
    left join int_products__as_known as p
        on
            o.cut_off_at = p.cut_off_at
            and m.source_name = p.source_name
            and m.product_id = p.product_id
),

bought as (
    select
        o.cut_off_at,
        o.person_id,
        count(distinct m.product_id) as product_count
    from churn_orders as o
    inner join money_lines as m
        on o.source_name = m.source_name and o.order_id = m.order_id
    group by o.cut_off_at, o.person_id
),

measured as (
    select
        cut_off_at,
        person_id,
        max(case when place = 1 then source_name end) as first_source_name,
        max(case when place = 1 then order_id end) as first_order_id,
        max(case when place = 1 then category end) as first_category,
        count(*) as order_count,
        count(case when has_coupon then 1 end) as coupon_order_count,
        count(case when is_late then 1 end) as late_order_count,
        count(case when is_replenishable then 1 end) as replenishable_order_count,
        count(distinct category) as category_count,
        sum(item_quantity) as item_quantity,
        sum(gross_sales) as gross_sales,
        sum(discount_amount) as discount_amount,
        sum(net_sales) as net_sales,
        max(case when is_last then net_sales end) as last_order_value,
        max(case when is_last and is_late then 1 else 0 end) = 1 as is_last_order_late,
        max(case when place = 1 and is_replenishable then 1 else 0 end) = 1
            as is_first_order_replenishable,
        max(case when place = 1 and has_coupon then 1 else 0 end) = 1
            as is_first_order_with_coupon,
        max(product_available_at) as product_available_at
    from described
    group by cut_off_at, person_id
),

final as (
    select
        m.*,
        coalesce(b.product_count, 0) as product_count,
        r.refund_count,
        case
            when m.order_count > 1 and m.net_sales > 0
                then cast(m.last_order_value as double) * m.order_count / m.net_sales
        end as last_order_over_mean,
        case
            when m.gross_sales > 0
                then cast(m.discount_amount as double) / m.gross_sales
        end as discount_share,
        cast(m.coupon_order_count as double) / m.order_count as coupon_share,
        cast(m.item_quantity as double) / m.order_count as mean_order_quantity,
        cast(m.replenishable_order_count as double) / m.order_count as replenishable_share,
        cast(r.refund_amount as double) / nullif(r.gross_sales, 0) as refund_share,
        greatest(
            r.last_available_at, coalesce(m.product_available_at, r.last_available_at)
        ) as last_available_at
    from measured as m
    inner join returned as r
        on m.cut_off_at = r.cut_off_at and m.person_id = r.person_id
    left join bought as b
        on m.cut_off_at = b.cut_off_at and m.person_id = b.person_id
)

select * from final

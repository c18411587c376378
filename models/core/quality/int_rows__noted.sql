-- Rows that are accepted and count in full, but contradict the order that they belong to, or have
-- none: somebody should look at them.
with int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
    where is_current
),

int_order_lines__charged as (
    select * from {{ ref('int_order_lines__charged') }}
),

int_refunds__net as (
    select * from {{ ref('int_refunds__net') }}
),

charged as (
    select
        source_name,
        order_id,
        sum(item_amount) as item_amount,
        sum(item_amount - discount_amount) as sold_amount,
        sum(item_amount + tax_amount - discount_amount) as charged_amount
    from int_order_lines__charged
    group by source_name, order_id
),

final as (
    select
        source_name,
        'refunds' as table_name,
        refund_id as row_key,
        order_id,
        case
            when order_id is null then 'refund_without_order'
            when is_above_order then 'refund_above_order'
            else 'refund_before_order'
        end as reason_code
    from int_refunds__net
    where order_id is null or is_above_order or is_before_order
    union all
    select
        o.source_name,
        'orders' as table_name,
        o.order_id as row_key,
        o.order_id,
        case
            when c.item_amount < 0 or c.charged_amount >= 0 then 'tax_above_order'
            else 'discount_above_order'
        end as reason_code
    from int_orders__versions as o
    left join charged as c
        on o.source_name = c.source_name and o.order_id = c.order_id
    -- Without lines there is nothing that a discount could be taken off. Tax that lies in prices
    -- and is more than they come to, after discounts too, was charged for lines that are not here.
    where
        (o.discount > 0 and coalesce(c.charged_amount, -o.discount) < 0)
        or c.item_amount < 0
        or (c.sold_amount < 0 and c.charged_amount >= 0)
)

select * from final

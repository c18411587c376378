-- An order's money is the sum of its ledger lines, kind by kind; and net = gross - discounts -
-- refunds - cancellations, to the last digit.
-- If it breaks: find the order in core.money_lines: a kind that models/core/money/orders.sql does
-- not sum, or a line without its order.
with ledger as (
    select
        source_name,
        order_id,
        sum(case when kind = 'item' then amount else 0 end) as gross_sales,
        sum(case when kind in ('item', 'discount', 'refund', 'cancellation') then amount else 0 end)
            as net_sales
    from {{ ref('money_lines') }}
    where order_id is not null
    group by source_name, order_id
)

select
    coalesce(o.source_name, l.source_name) as source_name,
    coalesce(o.order_id, l.order_id) as order_id,
    o.net_sales,
    l.net_sales as ledger_net_sales
from {{ ref('orders') }} as o
full outer join ledger as l
    on o.source_name = l.source_name and o.order_id = l.order_id
where
    o.order_id is null
    or coalesce(l.net_sales, 0) <> o.net_sales
    or coalesce(l.gross_sales, 0) <> o.gross_sales
    or o.gross_sales - o.discount_amount - o.refund_amount - o.cancelled_amount <> o.net_sales

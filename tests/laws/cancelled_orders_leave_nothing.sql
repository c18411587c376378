-- What a cancelled order sold, less its discounts, less what was refunded before the cancellation,
-- is what the cancellation takes back, to the last digit of its own currency; a later refund takes
-- nothing off it again; and only cancelled orders have one. So none lies before its order's sale.
-- If it breaks: look at int_money_lines__native, which writes the cancellation; an order whose
-- currency differs from that of its lines is the usual cause.
with lines as (
    select
        m.source_name,
        m.order_id,
        m.currency,
        m.kind,
        m.native_amount,
        m.effective_at,
        min(case when m.kind = 'cancellation' then m.effective_at end) over (
            partition by m.source_name, m.order_id
        ) as cancelled_at
    from {{ ref('money_lines') }} as m
    where m.kind in ('item', 'discount', 'refund', 'cancellation')
),

-- A refund in another currency is none of the sale that the cancellation takes back.
left_over as (
    select
        l.source_name,
        l.order_id,
        sum(case when l.effective_at <= l.cancelled_at then l.native_amount else 0 end)
            as native_amount,
        sum(l.native_amount) as after_refunds
    from lines as l
    inner join {{ ref('orders') }} as o
        on l.source_name = o.source_name and l.order_id = o.order_id and l.currency = o.currency
    where l.cancelled_at is not null
    group by l.source_name, l.order_id
)

select
    o.source_name,
    o.order_id,
    o.status,
    l.native_amount,
    l.after_refunds
from {{ ref('orders') }} as o
left join left_over as l
    on o.source_name = l.source_name and o.order_id = l.order_id
where
    l.native_amount <> 0
    or l.after_refunds <> 0
    or (l.order_id is null and o.status = 'cancelled' and o.line_count > 0)
    or (l.order_id is not null and o.status <> 'cancelled')

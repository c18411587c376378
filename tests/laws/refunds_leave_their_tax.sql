-- Where prices include tax, what the refunds of an order take off its sales is what came back, less
-- the part of it that was the order's own tax; a refund of no order, of one without lines, or in
-- another currency, counts as it came. Every accepted refund is in the ledger.
-- If it breaks: look at int_refunds__net: which order a refund belongs to, and the running totals
-- by which refunds of one order share its tax.
with refund_rows as (
    {{ union_sources('refunds') }}
),

refunds as (
    select
        source_name,
        refund_id,
        max_by(currency, cast(batch_id as decimal(19)) * 1000000000 + landed_row) as currency,
        max_by(amount, cast(batch_id as decimal(19)) * 1000000000 + landed_row) as amount
    from refund_rows
    where reason_code is null and {{ prices_include_tax('source_name') }}
    group by source_name, refund_id
),

orders as (
    select
        source_name,
        order_id,
        currency,
        sum(case when kind = 'tax' then native_amount else 0 end) as tax_amount,
        sum(native_amount) as charged_amount
    from {{ ref('money_lines') }}
    where kind in ('item', 'discount', 'tax') and {{ prices_include_tax('source_name') }}
    group by source_name, order_id, currency
    having sum(case when kind = 'item' then 1 else 0 end) > 0
),

refunded as (
    select
        r.source_name,
        m.order_id,
        r.currency,
        sum(r.amount) as amount,
        sum(-m.native_amount) as in_ledger
    from refunds as r
    left join {{ ref('money_lines') }} as m
        on r.source_name = m.source_name and m.line_id = concat('refund|', r.refund_id)
    group by r.source_name, m.order_id, r.currency
)

select
    r.source_name,
    r.order_id,
    r.currency,
    r.amount,
    r.in_ledger,
    o.tax_amount,
    o.charged_amount
from refunded as r
left join orders as o
    on r.source_name = o.source_name and r.order_id = o.order_id and r.currency = o.currency
where
    r.amount - r.in_ledger is distinct from
    case
        when o.charged_amount > 0
            then cast(
                round(cast(o.tax_amount as double) * r.amount / o.charged_amount, 4)
                as decimal(38, 4)
            )
        else 0
    end

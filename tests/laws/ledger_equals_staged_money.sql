-- The ledger is orders less refunds, by source, kind, currency and day, so by month too: items and
-- discounts of accepted lines of accepted orders, their charges, and accepted refunds; items less
-- the order's own tax where prices include it. Of two rows of one key the one that landed last
-- counts; rows known by position are those of the latest batch that has any of their kind. Read
-- from staging by other code than the ledger's. Of cancellations another law tells, and of refunds
-- with tax in them.
-- If it breaks: look for the source, kind and day in int_money_lines__native: a line without its
-- order, or another time zone for the day.
with order_rows as (
    {{ union_sources('orders') }}
),

line_rows as (
    {{ union_sources('order_lines') }}
),

charge_rows as (
    {{ union_sources('order_charges') }}
),

refund_rows as (
    {{ union_sources('refunds') }}
),

-- The version with the latest change is the current one, else that of the latest batch, else the
-- last of it. A blank sorts before the fraction of a second.
order_versions as (
    select
        *,
        concat_ws(
            ' ',
            coalesce(cast(updated_at as string), ''),
            lpad(cast(batch_id as string), 9, '0'),
            lpad(cast(landed_row as string), 12, '0')
        ) as place
    from order_rows
    where reason_code is null
),

orders as (
    select
        source_name,
        order_id,
        max_by(currency, place) as currency,
        max_by(ordered_at, place) as ordered_at,
        max_by(discount, place) as discount
    from order_versions
    group by source_name, order_id
),

line_batches as (
    select
        source_name,
        order_id,
        max(batch_id) as last_batch_id,
        coalesce(max(case when is_by_position then batch_id end), 0) as last_whole_batch_id
    from line_rows
    where reason_code is null
    group by source_name, order_id
),

order_lines as (
    select
        l.source_name,
        l.order_id,
        max_by(l.amount, cast(l.batch_id as decimal(19)) * 1000000000 + l.landed_row) as amount,
        max_by(l.discount, cast(l.batch_id as decimal(19)) * 1000000000 + l.landed_row) as discount
    from line_rows as l
    inner join line_batches as b
        on l.source_name = b.source_name and l.order_id = b.order_id
    where
        l.reason_code is null
        and (not l.is_by_position or l.batch_id = b.last_batch_id)
        and l.batch_id >= b.last_whole_batch_id
    group by l.source_name, l.order_id, l.line_number, l.is_by_position
),

sold as (
    select
        source_name,
        order_id,
        sum(amount) as amount,
        sum(discount) as discount
    from order_lines
    group by source_name, order_id
),

charge_batches as (
    select
        source_name,
        order_id,
        kind,
        max(batch_id) as last_batch_id,
        coalesce(max(case when is_by_position then batch_id end), 0) as last_whole_batch_id
    from charge_rows
    where reason_code is null
    group by source_name, order_id, kind
),

-- A gift card is taken off what is to be paid, with whatever sign it came.
charges as (
    select
        c.source_name,
        c.order_id,
        c.kind,
        max_by(
            case when c.kind = 'gift_card' then -abs(c.amount) else c.amount end,
            cast(c.batch_id as decimal(19)) * 1000000000 + c.landed_row
        ) as amount
    from charge_rows as c
    inner join charge_batches as b
        on c.source_name = b.source_name and c.order_id = b.order_id and c.kind = b.kind
    where
        c.reason_code is null
        and (not c.is_by_position or c.batch_id = b.last_batch_id)
        and c.batch_id >= b.last_whole_batch_id
    group by c.source_name, c.order_id, c.kind, c.charge_id, c.is_by_position
),

taxes as (
    select
        source_name,
        order_id,
        sum(amount) as amount
    from charges
    where kind = 'tax' and {{ prices_include_tax('source_name') }}
    group by source_name, order_id
),

refunds as (
    select
        source_name,
        max_by(currency, cast(batch_id as decimal(19)) * 1000000000 + landed_row) as currency,
        max_by(amount, cast(batch_id as decimal(19)) * 1000000000 + landed_row) as amount,
        max_by(refunded_at, cast(batch_id as decimal(19)) * 1000000000 + landed_row) as refunded_at
    from refund_rows
    where reason_code is null and not {{ prices_include_tax('source_name') }}
    group by source_name, refund_id
),

staged as (
    select
        o.source_name,
        'item' as kind,
        o.currency,
        o.ordered_at as effective_at,
        s.amount - coalesce(t.amount, 0) as native_amount
    from orders as o
    inner join sold as s
        on o.source_name = s.source_name and o.order_id = s.order_id
    left join taxes as t
        on o.source_name = t.source_name and o.order_id = t.order_id
    union all
    select
        o.source_name,
        'discount' as kind,
        o.currency,
        o.ordered_at as effective_at,
        -(s.discount + o.discount) as native_amount
    from orders as o
    inner join sold as s
        on o.source_name = s.source_name and o.order_id = s.order_id
    union all
    select
        o.source_name,
        c.kind,
        o.currency,
        o.ordered_at as effective_at,
        c.amount as native_amount
    from orders as o
    inner join charges as c
        on o.source_name = c.source_name and o.order_id = c.order_id
    union all
    select
        source_name,
        'refund' as kind,
        currency,
        refunded_at as effective_at,
        -amount as native_amount
    from refunds
),

expected as (
    select
        source_name,
        kind,
        currency,
        cast(effective_at as date) as effective_date,
        sum(native_amount) as native_amount
    from staged
    group by source_name, kind, currency, cast(effective_at as date)
    having sum(native_amount) <> 0
),

ledger as (
    select
        source_name,
        kind,
        currency,
        cast(effective_at as date) as effective_date,
        sum(native_amount) as native_amount
    from {{ ref('money_lines') }}
    where
        kind <> 'cancellation'
        and not (kind = 'refund' and {{ prices_include_tax('source_name') }})
    group by source_name, kind, currency, cast(effective_at as date)
    having sum(native_amount) <> 0
)

{{ differences(
    'expected', 'ledger',
    by=['source_name', 'kind', 'currency', 'effective_date'], of=['native_amount']
) }}

-- The ledger is orders less refunds, by source, kind, currency and day, so by month too: items and
-- discounts of accepted lines of accepted orders, their charges, and accepted refunds. Read from
-- staging by other code than the ledger's. Of cancellations another law tells.
-- If it breaks: look for the source, kind and day in int_money_lines__native: a line without its
-- order, or another time zone for the day.
{%- set with_lines = [] -%}
{%- set with_charges = [] -%}
{%- set with_refunds = [] -%}
{%- for source_name, tables in source_tables().items() -%}
{%- do with_lines.append(source_name) if 'order_lines' in tables and 'orders' in tables -%}
{%- do with_charges.append(source_name) if 'order_charges' in tables and 'orders' in tables -%}
{%- do with_refunds.append(source_name) if 'refunds' in tables -%}
{%- endfor %}
with orders as (
    {%- for source_name in with_lines %}
    select
        source_name,
        order_id,
        -- The version with the latest change, else of the latest batch.
        max_by(
            currency,
            concat(
                coalesce(cast(updated_at as string), ''),
                lpad(cast(batch_id as string), 9, '0')
            )
        ) as currency,
        max_by(
            ordered_at,
            concat(
                coalesce(cast(updated_at as string), ''),
                lpad(cast(batch_id as string), 9, '0')
            )
        ) as ordered_at
    from {{ ref('stg_' ~ source_name ~ '__orders') }}
    where reason_code is null
    group by source_name, order_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

order_lines as (
    {%- for source_name in with_lines %}
    select
        source_name,
        order_id,
        line_number,
        max_by(quantity, batch_id) as quantity,
        max_by(unit_price, batch_id) as unit_price,
        max_by(discount, batch_id) as discount
    from {{ ref('stg_' ~ source_name ~ '__order_lines') }}
    where reason_code is null
    group by source_name, order_id, line_number
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- A gift card is taken off what is to be paid, with whatever sign it came.
charges as (
    {%- for source_name in with_charges %}
    select
        source_name,
        order_id,
        kind,
        max_by(case when kind = 'gift_card' then -abs(amount) else amount end, batch_id) as amount
    from {{ ref('stg_' ~ source_name ~ '__order_charges') }}
    where reason_code is null
    group by source_name, order_id, kind
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

refunds as (
    {%- for source_name in with_refunds %}
    select
        source_name,
        refund_id,
        max_by(currency, batch_id) as currency,
        max_by(amount, batch_id) as amount,
        max_by(refunded_at, batch_id) as refunded_at
    from {{ ref('stg_' ~ source_name ~ '__refunds') }}
    where reason_code is null
    group by source_name, refund_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

staged as (
    select
        o.source_name,
        'item' as kind,
        o.currency,
        o.ordered_at as effective_at,
        l.quantity * l.unit_price as native_amount
    from orders as o
    inner join order_lines as l
        on o.source_name = l.source_name and o.order_id = l.order_id
    union all
    select
        o.source_name,
        'discount' as kind,
        o.currency,
        o.ordered_at as effective_at,
        -l.discount as native_amount
    from orders as o
    inner join order_lines as l
        on o.source_name = l.source_name and o.order_id = l.order_id
    where l.discount <> 0
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
),

ledger as (
    select
        source_name,
        kind,
        currency,
        cast(effective_at as date) as effective_date,
        sum(native_amount) as native_amount
    from {{ ref('money_lines') }}
    where kind <> 'cancellation'
    group by source_name, kind, currency, cast(effective_at as date)
)

select
    coalesce(e.source_name, l.source_name) as source_name,
    coalesce(e.kind, l.kind) as kind,
    coalesce(e.currency, l.currency) as currency,
    coalesce(e.effective_date, l.effective_date) as effective_date,
    e.native_amount as expected,
    l.native_amount as in_ledger
from expected as e
full outer join ledger as l
    on
        e.source_name = l.source_name
        and e.kind = l.kind
        and e.currency = l.currency
        and e.effective_date = l.effective_date
where e.native_amount is distinct from l.native_amount

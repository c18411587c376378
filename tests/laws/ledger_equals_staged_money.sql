-- What the ledger holds in each currency is what the sources said: items of accepted lines of
-- accepted orders, and accepted refunds. Read from staging by other code than the ledger's.
{%- set with_lines = [] -%}
{%- set with_refunds = [] -%}
{%- for source_name, tables in source_tables().items() -%}
{%- do with_lines.append(source_name) if 'order_lines' in tables and 'orders' in tables -%}
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
                coalesce(cast(updated_at as varchar), ''),
                lpad(cast(batch_id as varchar), 9, '0')
            )
        ) as currency
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
        max_by(unit_price, batch_id) as unit_price
    from {{ ref('stg_' ~ source_name ~ '__order_lines') }}
    where reason_code is null
    group by source_name, order_id, line_number
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

refunds as (
    {%- for source_name in with_refunds %}
    select
        source_name,
        refund_id,
        max_by(currency, batch_id) as currency,
        max_by(amount, batch_id) as amount
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
        l.quantity * l.unit_price as native_amount
    from orders as o
    inner join order_lines as l
        on o.source_name = l.source_name and o.order_id = l.order_id
    union all
    select
        source_name,
        'refund' as kind,
        currency,
        -amount as native_amount
    from refunds
),

expected as (
    select
        source_name,
        kind,
        currency,
        sum(native_amount) as native_amount
    from staged
    group by source_name, kind, currency
),

ledger as (
    select
        source_name,
        kind,
        currency,
        sum(native_amount) as native_amount
    from {{ ref('money_lines') }}
    where kind in ('item', 'refund')
    group by source_name, kind, currency
)

select
    coalesce(e.source_name, l.source_name) as source_name,
    coalesce(e.kind, l.kind) as kind,
    coalesce(e.currency, l.currency) as currency,
    e.native_amount as expected,
    l.native_amount as in_ledger
from expected as e
full outer join ledger as l
    on e.source_name = l.source_name and e.kind = l.kind and e.currency = l.currency
where e.native_amount is distinct from l.native_amount

-- Where prices include tax, by var `prices_include_tax`, orders tell it: what one does not tell
-- stays in its net sales. Each row is an order without tax, of a source that has more of them than
-- `rejection_warn_rate` of its orders. Land their taxes as charges of kind tax (`order_charges`);
-- where they were sold free of tax, all is well.
-- If it breaks: order_charges did not land, or not those of all days, or under other order ids.
{{ config(severity='warn') }}
with orders as (
    select
        source_name,
        order_id,
        sum(case when kind = 'tax' and native_amount <> 0 then 1 else 0 end) as tax_count,
        sum(case when kind = 'item' then abs(native_amount) else 0 end) as item_amount
    from {{ ref('money_lines') }}
    where {{ prices_include_tax('source_name') }} and kind in ('item', 'tax')
    group by source_name, order_id
),

shares as (
    select
        *,
        avg(case when tax_count = 0 then 1.0 else 0.0 end) over (partition by source_name)
            as untaxed_share
    from orders
    where item_amount > 0
)

select
    source_name,
    order_id
from shares
where tax_count = 0 and untaxed_share > {{ setting('rejection_warn_rate') }}

-- A source whose prices include tax, by var `prices_include_tax`, tells the tax of some order: what
-- it does not tell stays in net sales. Each row is a source that tells none. Land its taxes as
-- charges of kind tax (`order_charges`), or compare net sales with figures that include tax.
-- If it breaks: order_charges did not land, or its taxes are of orders that are not here.
{{ config(severity='warn') }}
with final as (
    select
        source_name,
        count(distinct order_id) as order_count
    from {{ ref('money_lines') }}
    where {{ prices_include_tax('source_name') }} and kind in ('item', 'tax')
    group by source_name
    having sum(case when kind = 'tax' and native_amount <> 0 then 1 else 0 end) = 0
)

select * from final

-- The source has no product table: a product is a StockCode seen on invoices, one version a batch,
-- with its longest description there (short ones are notes such as 'damages') and its latest price.
with invoice_lines as (
    select * from {{ ref('stg_online_retail__invoice_lines') }}
    where
        product_id is not null
        and not coalesce({{ is_after_landed('invoiced_at') }}, false)
),

seen as (
    select
        batch_id,
        product_id,
        min(landed_row) as landed_row,
        max(data_until) as data_until,
        max_by(
            product_name,
            concat(lpad(cast(length(product_name) as string), 4, '0'), product_name)
        ) as name,
        max_by(unit_price, landed_row) as price,
        max_by(row_hash, landed_row) as row_hash,
        max(invoiced_at) as updated_at
    from invoice_lines
    group by batch_id, product_id
),

final as (
    select
        'online_retail' as source_name,
        row_hash,
        {{ product_reason_code() }} as reason_code,
        cast(null as string) as raw_values,
        batch_id,
        landed_row,
        data_until,
        product_id,
        coalesce(name, product_id) as name,
        cast(null as string) as category_path,
        cast(null as string) as brand,
        cast(null as string) as description,
        cast(price as decimal(18, 4)) as price,
        cast(null as decimal(18, 4)) as cost,
        cast(null as boolean) as is_available,
        cast(null as boolean) as is_replenishable,
        updated_at
    from seen
)

select * from final

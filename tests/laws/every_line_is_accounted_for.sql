-- Lines of a file, less those of erased people = its rows in data_quality, by source, landed table
-- and batch, whatever became of them. Online Retail's one table becomes order lines and refunds,
-- each row of CDNOW's an order and its line, and each row of Shopify's orders a line, or an order
-- where the Admin API gave it. Each row of WooCommerce's orders is an order with its lines, charges
-- and refunds; of its refunds, staging_loses_no_row keeps count. Each of Segment's messages is an
-- event, and some tell of an order or a customer too.
-- If it breaks: rows or lines were lost between landing and data_quality: hold the batch's
-- _batch.json against its data.parquet and rejected_lines.csv, then against data_quality.
with told as (
    select
        source_name,
        table_name,
        batch_id,
        sum(line_count) as line_count
    from ({{ landed_lines() }})
    where not (source_name = 'woocommerce' and table_name = 'refunds')
    group by source_name, table_name, batch_id
    -- A batch of which erased people took every row has nothing left to account for.
    having sum(line_count) <> 0
),

api_batches as (
    select distinct batch_id
    from {{ landed('shopify', 'orders_export') }}
    where line_items is not null
),

placed as (
    select
        source_name,
        case
            when source_name = 'online_retail' and table_name in ('order_lines', 'refunds')
                then 'invoice_lines'
            when source_name = 'cdnow' and table_name = 'orders' then 'purchases'
            when source_name = 'shopify' and table_name in ('orders', 'order_lines')
                then 'orders_export'
            else table_name
        end as table_name,
        batch_id,
        row_count
    from {{ ref('data_quality') }}
    where
        not (source_name = 'online_retail' and table_name in ('orders', 'customers', 'products'))
        and not (source_name = 'cdnow' and table_name = 'order_lines')
        and not (source_name = 'shopify' and table_name in ('order_charges', 'refunds'))
        and not (
            source_name = 'woocommerce'
            and table_name in ('order_lines', 'order_charges', 'refunds')
        )
        and not (
            source_name = 'twilio_segment' and table_name not in ('events', 'erasure_requests')
        )
        and not (
            source_name = 'shopify'
            and table_name = 'orders'
            and batch_id not in (select a.batch_id from api_batches as a)
        )
        and not (
            source_name = 'shopify'
            and table_name = 'order_lines'
            and batch_id in (select a.batch_id from api_batches as a)
        )
),

counted as (
    select
        source_name,
        table_name,
        batch_id,
        sum(row_count) as line_count
    from placed
    group by source_name, table_name, batch_id
)

{{ differences(
    'told', 'counted', by=['source_name', 'table_name', 'batch_id'], of=['line_count']
) }}

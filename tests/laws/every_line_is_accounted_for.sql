-- Lines of a file, less those of erased people = its rows in data_quality, by source, landed table
-- and batch, whatever became of them. Online Retail's one table becomes order lines and refunds,
-- and each row of CDNOW's an order and its line.
-- If it breaks: rows or lines were lost between landing and data_quality: hold the batch's
-- _batch.json against its data.parquet and rejected_lines.csv, then against data_quality.
with told as (
    select
        source_name,
        table_name,
        batch_id,
        sum(line_count) as line_count
    from ({{ landed_lines() }})
    group by source_name, table_name, batch_id
    -- A batch of which erased people took every row has nothing left to account for.
    having sum(line_count) <> 0
),

placed as (
    select
        source_name,
        case
            when source_name = 'online_retail' and table_name in ('order_lines', 'refunds')
                then 'invoice_lines'
            when source_name = 'cdnow' and table_name = 'orders' then 'purchases'
            else table_name
        end as table_name,
        batch_id,
        row_count
    from {{ ref('data_quality') }}
    where
        not (source_name = 'online_retail' and table_name in ('orders', 'customers', 'products'))
        and not (source_name = 'cdnow' and table_name = 'order_lines')
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

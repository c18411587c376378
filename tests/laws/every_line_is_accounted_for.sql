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

select
    coalesce(t.source_name, c.source_name) as source_name,
    coalesce(t.table_name, c.table_name) as table_name,
    coalesce(t.batch_id, c.batch_id) as batch_id,
    t.line_count as told_count,
    c.line_count as counted
from told as t
full outer join counted as c
    on t.source_name = c.source_name and t.table_name = c.table_name and t.batch_id = c.batch_id
-- A batch of which erased people took every row has nothing left to account for.
where coalesce(t.line_count, 0) <> coalesce(c.line_count, 0)

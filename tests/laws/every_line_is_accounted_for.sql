-- Lines of a file, less those of erased people = its rows in data_quality, by source, landed table
-- and batch, whatever became of them. A table that lands under another name than a canonical one
-- says in its source's `_sources.yml` what its rows are, by `staged_as`; each row of Shopify's
-- orders is a line, or an order where the Admin API gave it. What came back of WooCommerce's orders
-- lands by itself and is read out of orders too: staging_loses_no_row keeps count of it.
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

-- Under which landed table the rows of data_quality came.
homes as (
    {%- for source_name, tables in (landed_tables() if is_running() else {}).items() %}
    {%- for landed_table in tables %}
    {%- set node = graph.sources['source.stayhouse.' ~ source_name ~ '.' ~ landed_table] %}
    {%- for table_name in [landed_table] + node.config.meta.get('staged_as', []) %}
    select
        '{{ source_name }}' as source_name,
        '{{ table_name }}' as table_name,
        '{{ landed_table }}' as landed_table
    union all
    {%- endfor %}
    {%- endfor %}
    {%- endfor %}
    select
        cast(null as string) as source_name,
        cast(null as string) as table_name,
        cast(null as string) as landed_table
    where false
),

placed as (
    select
        q.source_name,
        h.landed_table as table_name,
        q.batch_id,
        q.row_count
    from {{ ref('data_quality') }} as q
    inner join homes as h
        on q.source_name = h.source_name and q.table_name = h.table_name
    where
        not (q.source_name = 'woocommerce' and q.table_name = 'refunds')
        and not (
            q.source_name = 'shopify'
            and q.table_name = 'orders'
            and q.batch_id not in (select a.batch_id from api_batches as a)
        )
        and not (
            q.source_name = 'shopify'
            and q.table_name = 'order_lines'
            and q.batch_id in (select a.batch_id from api_batches as a)
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

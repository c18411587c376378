-- Landed = staged, by source and batch: a view that filters would lose rows in silence. A source
-- lands its tables under their canonical names, except that Online Retail's one table is split in
-- two, and nothing may fall between them, that each row of CDNOW's is an order and its line, and
-- each row of Shopify's orders a line, or an order with all of its lines.
-- If it breaks: the staging view of that source filters or multiplies rows: it is to keep all of
-- them, with a reason_code for what is refused.
{%- set pairs = [('online_retail', 'invoice_lines', ['order_lines', 'refunds'])] %}
{%- for source_name, tables in source_tables().items() if source_name != 'online_retail' %}
{%- set of_orders = ('orders', 'order_lines', 'order_charges', 'refunds') %}
{%- for table_name in tables if not (source_name == 'shopify' and table_name in of_orders) %}
{%- set landed_table = 'purchases' if source_name == 'cdnow' else table_name %}
{%- do pairs.append((source_name, landed_table, [table_name])) %}
{%- endfor %}
{%- endfor %}
with counted as (
    {%- for source_name, landed_table, staged_tables in pairs %}
    select
        '{{ source_name }}.{{ landed_table }} as {{ staged_tables | join(", ") }}' as landed_table,
        batch_id,
        1 as landed_count,
        0 as staged_count
    from {{ landed(source_name, landed_table) }}
    {%- for table_name in staged_tables %}
    union all
    select
        '{{ source_name }}.{{ landed_table }} as {{ staged_tables | join(", ") }}' as landed_table,
        batch_id,
        0 as landed_count,
        1 as staged_count
    from {{ ref('stg_' ~ source_name ~ '__' ~ table_name) }}
    {%- endfor %}
    union all
    {%- endfor %}
    select
        'shopify.orders_export' as landed_table,
        batch_id,
        1 as landed_count,
        0 as staged_count
    from {{ landed('shopify', 'orders_export') }}
    union all
    select
        'shopify.orders_export' as landed_table,
        batch_id,
        0 as landed_count,
        1 as staged_count
    from (
        select
            batch_id,
            landed_row
        from {{ ref('stg_shopify__order_lines') }}
        union
        select
            batch_id,
            landed_row
        from {{ ref('stg_shopify__orders') }}
    )
)

select
    landed_table,
    batch_id,
    sum(landed_count) as landed_count,
    sum(staged_count) as staged_count
from counted
group by landed_table, batch_id
having sum(landed_count) <> sum(staged_count)

-- Landed = staged, by source and batch: a view that filters would lose rows in silence. A source
-- lands its tables under their canonical names, except that Online Retail's one table is split in
-- two, and nothing may fall between them.
with counted as (
    {%- for source_name, tables in source_tables().items() if source_name != 'online_retail' %}
    {%- for table_name in tables %}
    select
        '{{ source_name }}.{{ table_name }}' as landed_table,
        batch_id,
        1 as landed_count,
        0 as staged_count
    from {{ landed(source_name, table_name) }}
    union all
    select
        '{{ source_name }}.{{ table_name }}' as landed_table,
        batch_id,
        0 as landed_count,
        1 as staged_count
    from {{ ref('stg_' ~ source_name ~ '__' ~ table_name) }}
    union all
    {%- endfor %}
    {%- endfor %}
    select
        'online_retail.invoice_lines' as landed_table,
        batch_id,
        1 as landed_count,
        0 as staged_count
    from {{ landed('online_retail', 'invoice_lines') }}
    union all
    select
        'online_retail.invoice_lines' as landed_table,
        batch_id,
        0 as landed_count,
        1 as staged_count
    from {{ ref('stg_online_retail__order_lines') }}
    union all
    select
        'online_retail.invoice_lines' as landed_table,
        batch_id,
        0 as landed_count,
        1 as staged_count
    from {{ ref('stg_online_retail__refunds') }}
)

select
    landed_table,
    batch_id,
    sum(landed_count) as landed_count,
    sum(staged_count) as staged_count
from counted
group by landed_table, batch_id
having sum(landed_count) <> sum(staged_count)

-- Landed = staged, by source and batch: a view that filters would lose rows in silence. A source
-- lands its tables under their canonical names, except that Online Retail's one table is split in
-- two, and nothing may fall between them, and that each row of CDNOW's is an order and its line.
-- If it breaks: the staging view of that source filters or multiplies rows: it is to keep all of
-- them, with a reason_code for what is refused.
{%- set renamed = ('online_retail', 'cdnow') %}
with counted as (
    {%- for source_name, tables in source_tables().items() if source_name not in renamed %}
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
    {%- for table_name in source_tables()['cdnow'] %}
    union all
    select
        'cdnow.purchases as {{ table_name }}' as landed_table,
        batch_id,
        1 as landed_count,
        0 as staged_count
    from {{ landed('cdnow', 'purchases') }}
    union all
    select
        'cdnow.purchases as {{ table_name }}' as landed_table,
        batch_id,
        0 as landed_count,
        1 as staged_count
    from {{ ref('stg_cdnow__' ~ table_name) }}
    {%- endfor %}
)

select
    landed_table,
    batch_id,
    sum(landed_count) as landed_count,
    sum(staged_count) as staged_count
from counted
group by landed_table, batch_id
having sum(landed_count) <> sum(staged_count)

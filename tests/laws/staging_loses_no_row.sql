-- Landed = staged, by source, landed table and batch: a view that filters would lose rows in
-- silence, and so would a source that has landed and whose views are not built. A table that lands
-- under a canonical name is staged row by row; of another one `staged_as` in its source's
-- `_sources.yml` names what its rows become, each of them something. What came back of
-- WooCommerce's orders lands by itself, and is read out of orders too.
-- If it breaks: the staging view of that source filters or multiplies rows: it is to keep all of
-- them, with a reason_code for what is refused. Or it was left out of a build: `make build`.
{%- set views = {} %}
{%- for source_name, tables in source_tables().items() %}
{%- for table_name in tables %}
{%- do views.update({(source_name, table_name): ref('stg_' ~ source_name ~ '__' ~ table_name)}) %}
{%- endfor %}
{%- endfor %}
with counted as (
    {%- for source_name, tables in (landed_tables() if is_running() else {}).items() %}
    {%- for landed_table in tables if (source_name, landed_table) != ('woocommerce', 'refunds') %}
    {%- set node = graph.sources['source.stayhouse.' ~ source_name ~ '.' ~ landed_table] %}
    {%- set staged_as = node.config.meta.get('staged_as', [landed_table]) %}
    select
        '{{ source_name }}.{{ landed_table }} as {{ staged_as | join(", ") }}' as landed_table,
        batch_id,
        1 as landed_count,
        0 as staged_count
    from {{ landed(source_name, landed_table) }}
    union all
    select
        '{{ source_name }}.{{ landed_table }} as {{ staged_as | join(", ") }}' as landed_table,
        batch_id,
        0 as landed_count,
        1 as staged_count
    from (
        {%- for table_name in staged_as if is_staged(views[(source_name, table_name)]) %}
        select
            batch_id,
            landed_row
        from {{ views[(source_name, table_name)] }}
        {{ 'union' if not loop.last }}
        {%- else %}
        select
            cast(null as bigint) as batch_id,
            cast(null as bigint) as landed_row
        where false
        {%- endfor %}
    )
    union all
    {%- endfor %}
    {%- endfor %}
    {%- if ('woocommerce', 'refunds') in views and is_staged(views[('woocommerce', 'refunds')]) %}
    select
        'woocommerce.refunds' as landed_table,
        batch_id,
        1 as landed_count,
        0 as staged_count
    from {{ landed('woocommerce', 'refunds') }}
    -- One of the shipping alone is none of sales.
    where
        {{ text_in_json('shipping_lines', '$[0]') }} is null
        or coalesce(line_items, '') like '%"total":"-%'
        or coalesce(fee_lines, '') like '%"total":"-%'
    union all
    select
        'woocommerce.refunds' as landed_table,
        s.batch_id,
        0 as landed_count,
        1 as staged_count
    from {{ views[('woocommerce', 'refunds')] }} as s
    inner join {{ landed('woocommerce', 'refunds') }} as l
        on
            s.batch_id = l.batch_id
            and s.landed_row = l.landed_row
            and s.refund_id = {{ code_value('l.refund_id') }}
    union all
    {%- endif %}
    select
        cast(null as string) as landed_table,
        cast(null as bigint) as batch_id,
        0 as landed_count,
        0 as staged_count
    where false
)

select
    landed_table,
    batch_id,
    sum(landed_count) as landed_count,
    sum(staged_count) as staged_count
from counted
group by landed_table, batch_id
having sum(landed_count) <> sum(staged_count)

-- An order, a customer and a product keep each version that landed: those that count, those that a
-- later one superseded, and the copies, by source, are the rows of the marts of versions.
-- If it breaks: the mart of versions leaves out a landed row, or data_quality calls rejected or
-- orphaned what stands there.
with counted as (
    select
        source_name,
        table_name,
        sum(row_count) as row_count
    from {{ ref('data_quality') }}
    where
        (
            disposition in ('accepted', 'repeated_copy')
            or (
                disposition = 'superseded'
                and reason_code in ('later_version', 'same_key_in_batch')
            )
        )
        and table_name in ('orders', 'customers', 'products')
    group by source_name, table_name
),

versions as (
    select
        source_name,
        'orders' as table_name,
        count(*) as row_count
    from {{ ref('order_versions') }}
    group by source_name
    union all
    select
        source_name,
        'customers' as table_name,
        count(*) as row_count
    from {{ ref('customer_versions') }}
    group by source_name
    union all
    select
        source_name,
        'products' as table_name,
        count(*) as row_count
    from {{ ref('product_versions') }}
    group by source_name
)

{{ differences('counted', 'versions', by=['source_name', 'table_name'], of=['row_count']) }}

-- An id that is an e-mail address would reach every mart. Where a platform has no other id, mark
-- the column `hash` in the source's alias file: then its keyed hash is the id.
-- If it breaks: the landed files of the table that a row names hold addresses, so take them back
-- with `stayhouse unland <source> --table <table> --all`; mark the column that becomes customer_id
-- `hash` in models/staging/<source>/aliases.csv, land the exports again, and build.
with named as (
    select
        source_name,
        'customers' as table_name,
        customer_id
    from {{ ref('customer_versions') }}
    union
    select
        source_name,
        'orders' as table_name,
        customer_id
    from {{ ref('orders') }}
    union
    select
        source_name,
        'events' as table_name,
        customer_id
    from {{ ref('events') }}
),

-- Whoever came into the customers by another way.
known as (
    select
        source_name,
        table_name,
        customer_id
    from named
    union all
    select
        c.source_name,
        'another' as table_name,
        c.customer_id
    from {{ ref('customers') }} as c
    left join named as n
        on c.source_name = n.source_name and c.customer_id = n.customer_id
    where n.customer_id is null
)

select
    source_name,
    table_name,
    count(*) as customer_count
from known
where customer_id like '%_@_%'
group by source_name, table_name

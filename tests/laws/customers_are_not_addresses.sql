-- An id that is an e-mail address would reach every mart. Where a platform has no other id, mark
-- the column `hash` in the source's alias file: then its keyed hash is the id.
-- If it breaks: the landed files hold addresses, so remove <landing>/<source>/customers and every
-- other table with that id; mark the column, land the exports again, and build.
select
    source_name,
    count(*) as customer_count
from {{ ref('customers') }}
where customer_id like '%_@_%'
group by source_name

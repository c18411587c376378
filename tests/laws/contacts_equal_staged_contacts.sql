-- Every contact that was accepted is one row of the mart, and the mart holds no other: by source,
-- message and person.
-- If it breaks: look at models/core/outreach/contacts.sql: which version of a message counts, and
-- what staging rejected.
with landed as (
    {{ union_sources('contacts') }}
),

expected as (
    select
        source_name,
        contact_id,
        count(*) as version_count,
        max_by(customer_id, batch_id * 1000000000 + landed_row) as customer_id
    from landed
    where reason_code is null
    group by source_name, contact_id
)

select
    coalesce(e.source_name, c.source_name) as source_name,
    coalesce(e.contact_id, c.contact_id) as contact_id,
    e.version_count,
    e.customer_id as expected,
    c.customer_id
from expected as e
full outer join {{ ref('contacts') }} as c
    on e.source_name = c.source_name and e.contact_id = c.contact_id
where e.customer_id is distinct from c.customer_id

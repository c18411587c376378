-- A visitor's intervals follow each other without gap or overlap, from the beginning to the end.
-- If it breaks: look at the ends of intervals in models/core/identity/identity_map.sql, and for two
-- sightings at one instant.
with ordered as (
    select
        source_name,
        visitor_id,
        valid_from,
        valid_to,
        lead(valid_from) over (
            partition by source_name, visitor_id order by valid_from
        ) as next_from,
        row_number() over (partition by source_name, visitor_id order by valid_from) as place
    from {{ ref('identity_map') }}
)

select
    source_name,
    visitor_id,
    valid_from,
    valid_to,
    next_from
from ordered
where
    valid_to <= valid_from
    or valid_to <> coalesce(next_from, timestamp '9999-12-31 00:00:00')
    or (place = 1 and valid_from <> timestamp '0001-01-01 00:00:00')

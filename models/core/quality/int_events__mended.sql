-- Rejected events that a later batch brought as they should be, and the row that counts in their
-- place. In its own batch an event stays rejected: what stands beside it was no answer to it.
with rejected as (
    select
        source_name,
        event_id,
        event_key,
        batch_id,
        landed_row
    from {{ ref('int_events__landed') }}
    where reason_code is not null and event_id is not null
),

-- Events are looked for by a number: texts of a long history are far dearer to read.
counted as (
    select
        source_name,
        event_id,
        batch_id,
        landed_row
    from {{ ref('int_events__checked') }}
    where disposition = 'accepted' and event_key in (select r.event_key from rejected as r)
),

final as (
    select
        r.source_name,
        r.batch_id,
        r.landed_row,
        c.batch_id as superseded_by_batch_id,
        c.landed_row as superseded_by_row
    from rejected as r
    inner join counted as c
        on r.source_name = c.source_name and r.event_id = c.event_id and r.batch_id < c.batch_id
)

select * from final

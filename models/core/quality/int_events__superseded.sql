-- Rejected events that a later batch brought again, and the row that stands in their place: the one
-- that is as it should be, else the last one that is not, where the event is lost once. In its own
-- batch an event stays rejected: what stands beside it was no answer to it.
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

last_rejected as (
    select
        source_name,
        event_id,
        batch_id,
        landed_row
    from rejected
    qualify row_number() over (
        partition by source_name, event_id
        order by batch_id desc, landed_row desc
    ) = 1
),

final as (
    select
        r.source_name,
        r.batch_id,
        r.landed_row,
        coalesce(c.batch_id, l.batch_id) as superseded_by_batch_id,
        coalesce(c.landed_row, l.landed_row) as superseded_by_row
    from rejected as r
    left join counted as c
        on r.source_name = c.source_name and r.event_id = c.event_id and r.batch_id < c.batch_id
    left join last_rejected as l
        on r.source_name = l.source_name and r.event_id = l.event_id and r.batch_id < l.batch_id
    where c.batch_id is not null or l.batch_id is not null
)

select * from final

-- Rejected events that a later batch brought again, and the row that stands in their place: the one
-- that is as it should be, else the last one that is not, where the event is lost once. In its own
-- batch an event stays rejected: what stands beside it was no answer to it. One that lost its id to
-- another has no such row: it is lost once, where its content came last.
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

conflicting as (
    select
        l.source_name,
        l.event_id,
        l.row_hash,
        l.batch_id,
        l.landed_row
    from {{ ref('int_events__landed') }} as l
    inner join {{ ref('int_events__repeated') }} as r
        on
            l.source_name = r.source_name
            and l.batch_id = r.batch_id
            and l.landed_row = r.landed_row
    where not r.is_same_content
),

last_conflicting as (
    select
        *,
        first_value(batch_id) over contents as last_batch_id,
        first_value(landed_row) over contents as last_row
    from conflicting
    window contents as (
        partition by source_name, event_id, row_hash
        order by batch_id desc, landed_row desc
    )
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
    union all
    select
        source_name,
        batch_id,
        landed_row,
        last_batch_id as superseded_by_batch_id,
        last_row as superseded_by_row
    from last_conflicting
    where batch_id < last_batch_id
)

select * from final

with int_events__checked as (
    select * from {{ ref('int_events__checked') }}
),

int_events__mended as (
    select * from {{ ref('int_events__mended') }}
),

final as (
    select
        e.source_name,
        e.event_id,
        case when m.batch_id is null then 'rejected' else 'superseded' end as disposition,
        e.reason_code,
        e.raw_values,
        e.batch_id,
        e.landed_row,
        m.superseded_by_batch_id,
        m.superseded_by_row,
        e.occurred_at
    from int_events__checked as e
    left join int_events__mended as m
        on
            e.source_name = m.source_name
            and e.batch_id = m.batch_id
            and e.landed_row = m.landed_row
    where e.disposition = 'rejected'
)

select * from final

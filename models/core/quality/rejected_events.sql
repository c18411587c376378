with int_events__checked as (
    select * from {{ ref('int_events__checked') }}
),

int_events__superseded as (
    select * from {{ ref('int_events__superseded') }}
),

final as (
    select
        e.source_name,
        e.event_id,
        case when s.batch_id is null then 'rejected' else 'superseded' end as disposition,
        e.reason_code,
        e.raw_values,
        e.batch_id,
        e.landed_row,
        s.superseded_by_batch_id,
        s.superseded_by_row,
        e.occurred_at
    from int_events__checked as e
    left join int_events__superseded as s
        on
            e.source_name = s.source_name
            and e.batch_id = s.batch_id
            and e.landed_row = s.landed_row
    where e.disposition = 'rejected'
)

select * from final

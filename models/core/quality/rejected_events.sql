with int_events__checked as (
    select * from {{ ref('int_events__checked') }}
),

final as (
    select
        source_name,
        event_id,
        reason_code,
        raw_values,
        batch_id,
        landed_row,
        occurred_at
    from int_events__checked
    where disposition = 'rejected'
)

select * from final

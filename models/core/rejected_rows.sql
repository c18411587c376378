with int_rows__checked as (
    select * from {{ ref('int_rows__checked') }}
),

final as (
    select
        source_name,
        table_name,
        row_key,
        reason_code,
        raw_values,
        batch_id,
        landed_row,
        amount,
        dated_at
    from int_rows__checked
    where disposition = 'rejected'
)

select * from final

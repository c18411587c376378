-- What landing could not read as rows. The build sees no more of a line than that it came.
with lines as (
    {{ landed_lines() }}
),

final as (
    select
        source_name,
        table_name,
        reason_code,
        batch_id,
        line_count as row_count
    from lines
    where reason_code is not null
)

select * from final

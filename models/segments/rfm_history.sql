-- Since when and until when each person was of a segment: months of one segment are one row.
with int_rfm__scored as (
    select * from {{ ref('int_rfm__scored') }}
    where previous_segment is null or previous_segment <> segment
),

began as (
    select
        person_id,
        segment,
        month as from_month,
        lead(month) over (partition by person_id order by month) as next_from_month
    from int_rfm__scored
),

final as (
    select
        person_id,
        segment,
        from_month,
        -- The month before the next one's first.
        cast(date_trunc('month', {{ add_days('next_from_month', -1, 'date') }}) as date)
            as to_month
    from began
)

select * from final

-- Today's row of the history: what each person with a net order is at the clock.
with int_rfm__scored as (
    select * from {{ ref('int_rfm__scored') }}
    where not is_month_complete and order_count > 0
),

clock as (
    select * from {{ ref('clock') }}
),

final as (
    select
        s.person_id,
        s.segment,
        s.recency_days,
        s.order_count,
        s.net_sales,
        s.recency_score,
        s.frequency_score,
        s.monetary_score,
        cast(clock.as_of_at as date) as as_of_date
    from int_rfm__scored as s
    cross join clock
)

select * from final

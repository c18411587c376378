-- The BG/NBD model cannot tell buyers with the same history of purchase days apart, so they are
-- counted. The age of a history runs to the last day before the cut-off (docs/definitions.md,
-- section 7).
with int_purchases__measured as (
    select * from {{ ref('int_purchases__measured') }}
),

histories as (
    select
        cut_off_at,
        purchase_count - 1 as repeat_count,
        tenure_days - recency_days as last_repeat_days,
        {{ days_of_bg_nbd('recency_days', 'tenure_days') }} as age_days
    from int_purchases__measured
),

final as (
    select
        repeat_count,
        last_repeat_days,
        age_days,
        count(*) as customer_count,
        cut_off_at
    from histories
    group by cut_off_at, repeat_count, last_repeat_days, age_days
)

select * from final

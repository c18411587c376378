-- The BG/NBD model cannot tell buyers of the same history apart, so they are counted.
with int_value__people as (
    select * from {{ ref('int_value__people') }}
    where is_fitted
),

cut_offs as (
    select
        cut_off_number,
        bool_and(split = 'month') as is_month_only,
        bool_or(split = 'today') as is_today,
        max(cut_off_at) as cut_off_at
    from {{ ref('int_value__cutoffs') }}
    group by cut_off_number
),

counted as (
    select
        cut_off_number,
        repeat_count,
        last_repeat_days,
        age_days,
        count(*) as customer_count
    from int_value__people
    group by cut_off_number, repeat_count, last_repeat_days, age_days
),

final as (
    select
        p.repeat_count,
        p.last_repeat_days,
        p.age_days,
        p.customer_count,
        c.is_month_only,
        c.is_today,
        c.cut_off_at
    from counted as p
    inner join cut_offs as c
        on p.cut_off_number = c.cut_off_number
)

select * from final

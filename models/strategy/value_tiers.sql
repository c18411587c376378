-- Today's tier of each buyer.
with int_tiers__ranked as (
    select * from {{ ref('int_tiers__ranked') }}
    where not is_month_complete
),

clock as (
    select * from {{ ref('clock') }}
),

final as (
    select
        r.person_id,
        r.value_tier,
        r.net_sales_365d,
        r.expected_net_sales_365d,
        r.is_served,
        cast(clock.as_of_at as date) as as_of_date
    from int_tiers__ranked as r
    cross join clock
)

select * from final

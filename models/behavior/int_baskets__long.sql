-- The baskets that hold four items or more that rules are told of.
with lines as (
    select * from {{ ref('int_baskets__lines') }}
    where item_number is not null
),

counted as (
    select
        basket_number,
        item_number,
        count(*) over (partition by basket_number) as item_count
    from lines
),

final as (
    select
        basket_number,
        item_number
    from counted
    where item_count >= 4
)

select * from final

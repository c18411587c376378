-- Buyers have numbers here: millions of rows are counted by them.
with orders as (
    select * from {{ ref('orders') }}
    where is_order and person_id is not null
),

clock as (
    select * from {{ ref('clock') }}
),

buyers as (
    select distinct o.person_id
    from orders as o
    inner join clock
        on o.ordered_at < clock.as_of_at
),

final as (
    select
        person_id,
        row_number() over (order by person_id) as person_number
    from buyers
)

select * from final

-- Whoever had bought by each cut-off: how often, with what it began, and whether a list is made,
-- which is of no use to whoever has not ordered for a year.
{%- set listed_days = 365 %}

with purchases as (
    select * from {{ ref('int_recommendations__purchases') }}
),

cutoffs as (
    select * from {{ ref('int_recommendations__cutoffs') }}
),

items as (
    select * from {{ ref('int_recommendations__items') }}
),

-- The dearest product of the first order; of equals the first by its name.
beginnings as (
    select
        p.person_number,
        i.category as first_category
    from purchases as p
    inner join items as i
        on p.item_number = i.item_number
    qualify row_number() over (
        partition by p.person_number
        order by p.ordered_at asc, p.basket_number asc, p.item_amount desc, p.item_number asc
    ) = 1
),

counted as (
    select
        c.cutoff,
        c.cutoff_at,
        p.person_number,
        count(distinct p.basket_number) as order_count,
        max(p.ordered_at) as last_ordered_at
    from purchases as p
    inner join cutoffs as c
        on
            p.ordered_at < c.cutoff_at
            and (p.cancelled_at is null or p.cancelled_at >= c.cutoff_at)
    group by c.cutoff, c.cutoff_at, p.person_number
),

final as (
    select
        c.cutoff,
        b.first_category,
        c.person_number,
        c.order_count,
        c.last_ordered_at >= {{ add_days('c.cutoff_at', -listed_days) }} as is_listed
    from counted as c
    inner join beginnings as b
        on c.person_number = b.person_number
)

select * from final

-- What people with a list bought in the 90 days after each past cut-off.
with purchases as (
    select * from {{ ref('int_recommendations__purchases') }}
),

cutoffs as (
    select * from {{ ref('int_recommendations__cutoffs') }}
    where cutoff <> 'now'
),

people as (
    select * from {{ ref('int_recommendations__people') }}
    where is_listed
),

final as (
    select distinct
        c.cutoff,
        p.person_number,
        p.item_number
    from purchases as p
    inner join cutoffs as c
        on p.ordered_at >= c.cutoff_at and p.ordered_at < c.until_at
    inner join people as b
        on c.cutoff = b.cutoff and p.person_number = b.person_number
)

select * from final

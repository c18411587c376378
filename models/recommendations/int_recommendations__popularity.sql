-- How many people had bought each product by each cut-off, ever and in the 30 days before.
{%- set recent_days = 30 %}

with purchases as (
    select * from {{ ref('int_recommendations__purchases') }}
),

cutoffs as (
    select * from {{ ref('int_recommendations__cutoffs') }}
),

final as (
    select
        c.cutoff,
        p.item_number,
        count(distinct p.person_number) as people_count,
        count(distinct case
            when p.ordered_at >= {{ add_days('c.cutoff_at', -recent_days) }} then p.person_number
        end) as recent_people_count
    from purchases as p
    inner join cutoffs as c
        on
            p.ordered_at < c.cutoff_at
            and (p.cancelled_at is null or p.cancelled_at >= c.cutoff_at)
    group by c.cutoff, p.item_number
)

select * from final

-- What people with a list bought in the 90 days after each past cut-off, by which lists are judged.
-- Of a large shop that is a draw of people by the hash of their id: more of them would make no
-- interval narrower that anybody reads, and would cost most of what the room does.
{%- set most_people = 20000 %}

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

buyers as (
    select * from {{ ref('int_recommendations__buyers') }}
),

bought as (
    select distinct
        c.cutoff,
        p.person_number,
        p.item_number
    from purchases as p
    inner join cutoffs as c
        on
            p.ordered_at >= c.cutoff_at
            and p.ordered_at < c.until_at
            and (p.cancelled_at is null or p.cancelled_at >= c.until_at)
    inner join people as b
        on c.cutoff = b.cutoff and p.person_number = b.person_number
),

ranked as (
    select
        t.cutoff,
        t.person_number,
        t.item_number,
        dense_rank() over (
            partition by t.cutoff
            order by md5(b.person_id), b.person_id
        ) as place
    from bought as t
    inner join buyers as b
        on t.person_number = b.person_number
),

final as (
    select
        cutoff,
        person_number,
        item_number
    from ranked
    where place <= {{ most_people }}
)

select * from final

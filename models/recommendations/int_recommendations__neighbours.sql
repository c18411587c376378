-- The 20 products that the same people bought, by cosine: rows are people, each weighted by 1 / the
-- root of the sum of its weights, so that whoever buys for a whole school says little of each pair
-- (Deshpande and Karypis, 2004). Sums of decimals are the same in any order.
{%- set neighbour_count = 20 %}

with interactions as (
    select
        cutoff,
        person_number,
        item_number,
        weight
    from {{ ref('int_recommendations__interactions') }}
),

weighted as (
    select
        cutoff,
        person_number,
        item_number,
        weight,
        sum(weight) over (partition by cutoff, person_number) as person_weight
    from interactions
),

lengths as (
    select
        cutoff,
        item_number,
        sqrt(cast(sum(cast(
            cast(weight as double) * weight / person_weight as decimal(18, 12)
        )) as double)) as length
    from weighted
    group by cutoff, item_number
),

pairs as (
    select
        a.cutoff,
        a.item_number,
        b.item_number as other_number,
        cast(count(*) as bigint) as people_count,
        cast(sum(cast(
            cast(a.weight as double) * b.weight / a.person_weight as decimal(18, 12)
        )) as double) as product
    from weighted as a
    inner join weighted as b
        on a.cutoff = b.cutoff and a.person_number = b.person_number
    where a.item_number < b.item_number
    group by a.cutoff, a.item_number, b.item_number
),

likened as (
    select
        p.cutoff,
        p.item_number,
        p.other_number,
        p.people_count,
        p.product / (a.length * b.length) as similarity
    from pairs as p
    inner join lengths as a
        on p.cutoff = a.cutoff and p.item_number = a.item_number
    inner join lengths as b
        on p.cutoff = b.cutoff and p.other_number = b.item_number
),

-- Each pair from both sides. As many digits as two sums of it agree in.
both_ways as (
    select
        cutoff,
        item_number,
        other_number as neighbour_number,
        people_count,
        round(similarity, 9) as similarity
    from likened
    union all
    select
        cutoff,
        other_number as item_number,
        item_number as neighbour_number,
        people_count,
        round(similarity, 9) as similarity
    from likened
),

ranked as (
    select
        *,
        row_number() over (
            partition by cutoff, item_number
            order by similarity desc, neighbour_number asc
        ) as place
    from both_ways
),

final as (
    select
        cutoff,
        item_number,
        neighbour_number,
        place,
        people_count,
        similarity
    from ranked
    where place <= {{ neighbour_count }}
)

select * from final

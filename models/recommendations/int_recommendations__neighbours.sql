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
    where weight > 0
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

-- What a person says of a product, so that the sum of the products of two is their cosine.
units as (
    select
        w.cutoff,
        w.person_number,
        w.item_number,
        cast(w.weight as double) / (l.length * sqrt(cast(w.person_weight as double))) as part
    from weighted as w
    inner join lengths as l
        on w.cutoff = l.cutoff and w.item_number = l.item_number
),

pairs as (
    select
        a.cutoff,
        a.item_number,
        b.item_number as other_number,
        cast(count(*) as bigint) as people_count,
        -- As many digits as two engines agree in.
        round(cast(sum(cast(a.part * b.part as decimal(18, 12))) as double), 7) as similarity
    from units as a
    inner join units as b
        on a.cutoff = b.cutoff and a.person_number = b.person_number
    where a.item_number < b.item_number
    group by a.cutoff, a.item_number, b.item_number
),

-- Each pair from both sides.
both_ways as (
    select
        cutoff,
        item_number,
        other_number as neighbour_number,
        people_count,
        similarity
    from pairs
    union all
    select
        cutoff,
        other_number as item_number,
        item_number as neighbour_number,
        people_count,
        similarity
    from pairs
),

-- The nearest first, of equals the first product: by one number the first 20 are found without
-- sorting all, which is a sixth of the cost.
ranked as (
    select
        *,
        row_number() over (
            partition by cutoff, item_number
            order by
                cast(round(similarity * 10000000) as bigint) * 1000000000 - neighbour_number desc
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

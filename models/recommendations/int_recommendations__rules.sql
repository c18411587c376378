-- Products of one order at each cut-off: of the baskets with one, the share with the other, where
-- that is more than chance would make. `basket_rules` says it of today, which no past cut-off knew.
-- Of a basket the first fifty products by how many baskets they are in.
{%- set most_in_a_basket = 50 %}

with purchases as (
    select * from {{ ref('int_recommendations__purchases') }}
),

cutoffs as (
    select * from {{ ref('int_recommendations__cutoffs') }}
),

lines as (
    select
        c.cutoff,
        p.basket_number,
        p.item_number,
        count(*) over (partition by c.cutoff, p.item_number) as basket_count
    from purchases as p
    inner join cutoffs as c
        on
            p.ordered_at < c.cutoff_at
            and (p.cancelled_at is null or p.cancelled_at >= c.cutoff_at)
),

held as (
    select *
    from lines
    qualify row_number() over (
        partition by cutoff, basket_number
        order by basket_count desc, item_number asc
    ) <= {{ most_in_a_basket }}
),

baskets as (
    select
        cutoff,
        count(distinct basket_number) as all_count
    from lines
    group by cutoff
),

pairs as (
    select
        a.cutoff,
        a.item_number,
        b.item_number as other_number,
        max(a.basket_count) as basket_count,
        max(b.basket_count) as other_count,
        count(*) as both_count
    from held as a
    inner join held as b
        on a.cutoff = b.cutoff and a.basket_number = b.basket_number
    where a.item_number <> b.item_number
    group by a.cutoff, a.item_number, b.item_number
),

final as (
    select
        p.cutoff,
        p.item_number,
        p.other_number,
        cast(p.both_count as double) / p.basket_count as confidence
    from pairs as p
    inner join baskets as k
        on p.cutoff = k.cutoff
    where
        p.both_count >= {{ setting('basket_min_count') }}
        and p.both_count * k.all_count > p.basket_count * p.other_count
)

select * from final

-- One, two or three items that stand together in enough baskets, and in how many.
{%- set most_sets = 100000 %}

with lines as (
    select * from {{ ref('int_baskets__lines') }}
),

products as (
    select * from {{ ref('products') }}
),

baskets as (
    select
        level,
        source_name,
        count(*) as basket_count
    from lines
    where place = 1
    group by level, source_name
),

items as (
    select
        level,
        source_name,
        basket_number,
        item_number
    from lines
    where item_number is not null
),

ones as (
    select
        level,
        source_name,
        item,
        item_number as number_1,
        count(*) as set_count
    from lines
    where item_number is not null
    group by level, source_name, item, item_number
),

paired as (
    select
        a.level,
        a.source_name,
        a.basket_number,
        a.item_number as number_1,
        b.item_number as number_2
    from items as a
    inner join items as b
        on
            a.level = b.level
            and a.basket_number = b.basket_number
            and a.item_number < b.item_number
),

pairs as (
    select
        level,
        source_name,
        number_1,
        number_2,
        count(*) as set_count
    from paired
    group by level, source_name, number_1, number_2
    having count(*) >= {{ setting('basket_min_count') }}
),

-- Three are together no more often than two of them.
triples as (
    select
        p.level,
        p.source_name,
        p.number_1,
        p.number_2,
        i.item_number as number_3,
        count(*) as set_count
    from paired as p
    inner join pairs as f
        on
            p.level = f.level
            and p.source_name = f.source_name
            and p.number_1 = f.number_1
            and p.number_2 = f.number_2
    inner join items as i
        on
            p.level = i.level
            and p.basket_number = i.basket_number
            and p.number_2 < i.item_number
    group by p.level, p.source_name, p.number_1, p.number_2, i.item_number
    having count(*) >= {{ setting('basket_min_count') }}
),

-- A shop with a million orders has millions of triples by chance alone: the least count rises until
-- no more than so many are left.
running as (
    select
        level,
        source_name,
        set_count,
        sum(count(*)) over (partition by level, source_name order by set_count desc) as so_many
    from triples
    group by level, source_name, set_count
),

least as (
    select
        level,
        source_name,
        max(set_count) + 1 as triple_min_count
    from running
    where so_many > {{ most_sets }}
    group by level, source_name
),

scopes as (
    select
        b.level,
        b.source_name,
        b.basket_count,
        {{ setting('basket_min_count') }} as pair_min_count,
        coalesce(l.triple_min_count, {{ setting('basket_min_count') }}) as triple_min_count
    from baskets as b
    left join least as l
        on b.level = l.level and b.source_name = l.source_name
),

sets as (
    select
        level,
        source_name,
        item,
        1 as item_count,
        number_1,
        cast(null as bigint) as number_2,
        cast(null as bigint) as number_3,
        set_count
    from ones
    union all
    select
        level,
        source_name,
        cast(null as string) as item,
        2 as item_count,
        number_1,
        number_2,
        cast(null as bigint) as number_3,
        set_count
    from pairs
    union all
    select
        level,
        source_name,
        cast(null as string) as item,
        3 as item_count,
        number_1,
        number_2,
        number_3,
        set_count
    from triples
),

final as (
    select
        s.level,
        s.source_name,
        s.item,
        case when s.level = 'product' then coalesce(p.name, s.item) else s.item end as item_name,
        cast(s.item_count as bigint) as item_count,
        s.number_1,
        s.number_2,
        s.number_3,
        cast(s.set_count as bigint) as set_count,
        cast(c.basket_count as bigint) as basket_count,
        cast(c.pair_min_count as bigint) as pair_min_count,
        cast(c.triple_min_count as bigint) as triple_min_count
    from sets as s
    inner join scopes as c
        on s.level = c.level and s.source_name = c.source_name
    left join products as p
        on s.level = 'product' and s.source_name = p.source_name and s.item = p.product_id
    where s.item_count < 3 or s.set_count >= c.triple_min_count
)

select * from final

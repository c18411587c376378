-- One, two or three items that stand together in enough baskets, and in how many; and in how many
-- of the largest hundredth, since a few baskets that hold everything tie everything to everything.
{%- set most_sets = 100000 %}
{#- More than there are numbers: two or three of them are one whole number. -#}
{%- set base = 1048576 %}

with lines as (
    select * from {{ ref('int_baskets__lines') }}
),

products as (
    select * from {{ ref('products') }}
),

-- As many baskets hold so many items or more.
depths as (
    select
        level,
        source_name,
        place,
        count(*) as basket_count
    from lines
    group by level, source_name, place
),

baskets as (
    select
        level,
        source_name,
        basket_count
    from depths
    where place = 1
),

largest as (
    select
        d.level,
        d.source_name,
        min(d.place) as large_size,
        max(d.basket_count) as large_basket_count
    from depths as d
    inner join baskets as b
        on d.level = b.level and d.source_name = b.source_name
    where 100 * d.basket_count <= b.basket_count
    group by d.level, d.source_name
),

large_baskets as (
    select l.basket_number
    from lines as l
    inner join largest as g
        on l.level = g.level and l.source_name = g.source_name and l.place = g.large_size
),

-- Numbers alone: they are joined with themselves, and words would be held in memory with them.
items as (
    select
        l.basket_number,
        cast(l.item_number as bigint) as item_number,
        g.basket_number as large_basket
    from lines as l
    left join large_baskets as g
        on l.basket_number = g.basket_number
    where l.item_number is not null
),

ones as (
    select
        l.level,
        l.source_name,
        l.item,
        l.item_number as number_1,
        count(*) as set_count,
        count(g.basket_number) as large_count
    from lines as l
    left join large_baskets as g
        on l.basket_number = g.basket_number
    where l.item_number is not null
    group by l.level, l.source_name, l.item, l.item_number
),

counted_pairs as (
    select
        a.item_number * {{ base }} + b.item_number as numbers,
        count(*) as set_count,
        count(a.large_basket) as large_count
    from items as a
    inner join items as b
        on a.basket_number = b.basket_number and a.item_number < b.item_number
    group by a.item_number * {{ base }} + b.item_number
    having count(*) >= {{ setting('basket_min_count') }}
),

pairs as (
    select
        {{ floor_divide('numbers', base) }} as number_1,
        numbers % {{ base }} as number_2,
        set_count,
        large_count
    from counted_pairs
),

-- Not of frequent pairs alone: that join costs more than the triples that it spares.
counted_triples as (
    select
        (a.item_number * {{ base }} + b.item_number) * {{ base }} + c.item_number as numbers,
        count(*) as set_count,
        count(a.large_basket) as large_count
    from items as a
    inner join items as b
        on a.basket_number = b.basket_number and a.item_number < b.item_number
    inner join items as c
        on b.basket_number = c.basket_number and b.item_number < c.item_number
    group by (a.item_number * {{ base }} + b.item_number) * {{ base }} + c.item_number
    having count(*) >= {{ setting('basket_min_count') }}
),

triples as (
    select
        {{ floor_divide('numbers', base * base) }} as number_1,
        {{ floor_divide('numbers', base) }} % {{ base }} as number_2,
        numbers % {{ base }} as number_3,
        set_count,
        large_count
    from counted_triples
),

-- A shop with a million orders has millions of triples by chance alone: the least count rises until
-- no more than so many are left.
running as (
    select
        o.level,
        o.source_name,
        t.set_count,
        sum(count(*)) over (
            partition by o.level, o.source_name
            order by t.set_count desc
        ) as so_many
    from triples as t
    inner join ones as o
        on t.number_1 = o.number_1
    group by o.level, o.source_name, t.set_count
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
        coalesce(g.large_basket_count, 0) as large_basket_count,
        coalesce(l.triple_min_count, {{ setting('basket_min_count') }}) as triple_min_count
    from baskets as b
    left join least as l
        on b.level = l.level and b.source_name = l.source_name
    left join largest as g
        on b.level = g.level and b.source_name = g.source_name
),

sets as (
    select
        1 as item_count,
        number_1,
        cast(null as int) as number_2,
        cast(null as int) as number_3,
        set_count,
        large_count
    from ones
    union all
    select
        2 as item_count,
        number_1,
        number_2,
        cast(null as int) as number_3,
        set_count,
        large_count
    from pairs
    union all
    select
        3 as item_count,
        number_1,
        number_2,
        number_3,
        set_count,
        large_count
    from triples
),

final as (
    select
        o.level,
        o.source_name,
        case when s.item_count = 1 then o.item end as item,
        case when s.item_count = 1 then coalesce(p.name, o.item) end as item_name,
        cast(s.item_count as bigint) as item_count,
        cast(s.number_1 as int) as number_1,
        cast(s.number_2 as int) as number_2,
        cast(s.number_3 as int) as number_3,
        cast(s.set_count as bigint) as set_count,
        cast(s.large_count as bigint) as large_count,
        cast(c.basket_count as bigint) as basket_count,
        cast(c.large_basket_count as bigint) as large_basket_count,
        cast({{ setting('basket_min_count') }} as bigint) as pair_min_count,
        cast(c.triple_min_count as bigint) as triple_min_count
    from sets as s
    inner join ones as o
        on s.number_1 = o.number_1
    inner join scopes as c
        on o.level = c.level and o.source_name = c.source_name
    left join products as p
        on o.level = 'product' and o.source_name = p.source_name and o.item = p.product_id
    where s.item_count < 3 or s.set_count >= c.triple_min_count
)

select * from final

-- What lists leave out and why, counted: each pair of person and product under the first reason
-- that holds.
with people as (
    select * from {{ ref('int_recommendations__people') }}
    where cutoff = 'now'
),

interactions as (
    select * from {{ ref('int_recommendations__interactions') }}
    where cutoff = 'now'
),

repeats as (
    select * from {{ ref('int_recommendations__repeats') }}
    where cutoff = 'now'
),

items as (
    select * from {{ ref('int_recommendations__items') }}
),

ml_product_recommendations as (
    select * from {{ ref('ml_product_recommendations') }}
),

buyers as (
    select * from {{ ref('int_recommendations__buyers') }}
),

customers as (
    select * from {{ ref('customers') }}
),

clock as (
    select * from {{ ref('clock') }}
),

-- Of a product that was bought, whether it was kept, and may be wanted again.
listed as (
    select
        n.person_number,
        n.item_number,
        n.order_count,
        n.is_returned,
        n.is_disliked,
        n.is_disliked_since,
        i.source_number,
        i.is_available,
        r.person_number is not null as is_kept,
        coalesce(r.is_too_soon, false) as is_too_soon,
        coalesce(r.is_wanted, false) as is_wanted
    from interactions as n
    inner join people as p
        on n.person_number = p.person_number
    inner join items as i
        on n.item_number = i.item_number
    left join repeats as r
        on n.person_number = r.person_number and n.item_number = r.item_number
    where p.is_listed
),

lists as (
    select 'discovery' as list_kind
    union all
    select 'buy_again' as list_kind
),

made as (
    select distinct
        list as list_kind,
        person_number
    from ml_product_recommendations
    where not is_left_out
),

-- Nobody is shown what a shop sells with which they never had to do.
shelves as (
    select
        source_number,
        count(*) as product_count
    from items
    where is_available
    group by source_number
),

known_sources as (
    select distinct
        person_number,
        source_number
    from listed
),

strangers as (
    select
        p.person_number,
        s.product_count,
        row_number() over (partition by s.source_number order by p.person_number) as place
    from people as p
    cross join shelves as s
    left join known_sources as l
        on p.person_number = l.person_number and s.source_number = l.source_number
    where p.is_listed and l.person_number is null
),

pairs as (
    select
        'discovery' as list_kind,
        case
            when is_returned then 'returned'
            when is_disliked then 'disliked'
            when order_count > 0 then 'bought'
        end as reason,
        person_number,
        item_number
    from listed
    union all
    select
        'buy_again' as list_kind,
        case
            when not is_kept then 'returned'
            when is_disliked_since then 'disliked'
            when not is_available then 'unavailable'
            when is_too_soon then 'too_soon'
            when not is_wanted then 'bought_once'
        end as reason,
        person_number,
        item_number
    from listed
    where order_count > 0
    union all
    select
        list as list_kind,
        reason_code as reason,
        person_number,
        item_number
    from ml_product_recommendations
    where is_left_out
),

counted as (
    select
        list_kind,
        reason,
        count(distinct person_number) as people_count,
        count(distinct item_number) as product_count,
        count(*) as pair_count
    from pairs
    where reason is not null
    group by list_kind, reason
    union all
    -- Of no use to anybody, so no pairs.
    select
        'discovery' as list_kind,
        'unavailable' as reason,
        0 as people_count,
        count(*) as product_count,
        0 as pair_count
    from items
    where not is_available
    having count(*) > 0
    union all
    select
        'discovery' as list_kind,
        'other_source' as reason,
        count(distinct person_number) as people_count,
        sum(case when place = 1 then product_count end) as product_count,
        sum(product_count) as pair_count
    from strangers
    having count(*) > 0
    union all
    select
        l.list_kind,
        'never_bought' as reason,
        count(distinct c.person_id) as people_count,
        0 as product_count,
        0 as pair_count
    from customers as c
    cross join lists as l
    left join buyers as b
        on c.person_id = b.person_id
    left join people as p
        on b.person_number = p.person_number
    where p.person_number is null
    group by l.list_kind
    union all
    select
        l.list_kind,
        'silent_for_a_year' as reason,
        count(*) as people_count,
        0 as product_count,
        0 as pair_count
    from people as p
    cross join lists as l
    where not p.is_listed
    group by l.list_kind
    union all
    -- Whoever has no list although one was asked for.
    select
        l.list_kind,
        'nothing_left' as reason,
        count(*) as people_count,
        0 as product_count,
        0 as pair_count
    from people as p
    cross join lists as l
    left join made as m
        on l.list_kind = m.list_kind and p.person_number = m.person_number
    where p.is_listed and m.person_number is null
    group by l.list_kind
),

final as (
    select
        c.list_kind,
        c.reason,
        cast(c.people_count as bigint) as people_count,
        cast(c.product_count as bigint) as product_count,
        cast(c.pair_count as bigint) as pair_count,
        cast(k.as_of_at as date) as as_of_date
    from counted as c
    cross join clock as k
)

select * from final

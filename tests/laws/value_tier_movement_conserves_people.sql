-- Who is of a tier at the end of a month is who came to it in the month or stayed, and leaves it in
-- the next one or stays; today's tiers are where the last month's moves lead.
-- If it breaks: value_tier_movement.sql loses people between two months, or a month has no row in
-- value.value_history.
with moves as (
    select
        *,
        {{ period_number('month', "'month'") }} as month_number
    from {{ ref('value_tier_movement') }}
),

came as (
    select
        month_number,
        to_tier as value_tier,
        sum(people_count) as people_count,
        sum(net_sales_365d) as net_sales
    from moves
    where to_tier <> 'none'
    group by month_number, to_tier
),

went as (
    select
        month_number - 1 as month_number,
        from_tier as value_tier,
        sum(people_count) as people_count,
        sum(net_sales_365d_before) as net_sales
    from moves
    where from_tier <> 'none'
    group by month_number - 1, from_tier
),

bounds as (
    select
        min(month_number) as first_number,
        max(month_number) as last_number
    from moves
),

today as (
    select
        b.last_number as month_number,
        t.value_tier,
        count(*) as people_count,
        sum(t.net_sales_365d) as net_sales
    from {{ ref('value_tiers') }} as t
    cross join bounds as b
    where b.last_number is not null
    group by b.last_number, t.value_tier
),

-- Who leaves in the month after, and of the last month who is of a tier today.
followed as (
    select * from went
    union all
    select * from today
)

select
    coalesce(c.month_number, f.month_number) as month_number,
    coalesce(c.value_tier, f.value_tier) as value_tier
from came as c
full outer join followed as f
    on c.month_number = f.month_number and c.value_tier = f.value_tier
cross join bounds as b
where
    coalesce(c.month_number, f.month_number) >= b.first_number
    and (
        c.people_count is distinct from f.people_count
        or c.net_sales is distinct from f.net_sales
    )
union all
-- Each month tells of all its buyers.
select
    c.month_number,
    'all' as value_tier
from came as c
inner join {{ ref('value_tier_edges') }} as e
    on
        {{ period_number('e.month', "'month'") }} = c.month_number
        and e.measure = 'net_sales_365d'
group by c.month_number, e.buyer_count
having sum(c.people_count) <> e.buyer_count

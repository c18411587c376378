-- Every buyer of today has one tier, nobody else has one, and it is the one that today's edges say:
-- as many are high as are inside, who is high is above the edge or, at it, has no higher person_id
-- than the last one inside, and nobody below the edge of what is expected has potential.
-- If it breaks: int_tiers__ranked.sql ranks the wrong way or lets somebody fall out of a join; or
-- value.value_history has another set of people at the clock than value.customer_ltv.
with tiers as (
    select * from {{ ref('value_tiers') }}
),

edges as (
    select * from {{ ref('value_tier_edges') }}
    where not is_month_complete
),

past as (
    select * from edges
    where measure = 'net_sales_365d'
),

expected as (
    select * from edges
    where measure = 'expected_net_sales_365d'
),

judged as (
    select
        t.person_id,
        t.value_tier,
        t.net_sales_365d > coalesce(p.lowest_inside, t.net_sales_365d)
        or (t.net_sales_365d = p.lowest_inside and t.person_id <= p.edge_person_id) as is_past,
        cast(t.expected_net_sales_365d as decimal(38, 4)) < e.lowest_inside
        or e.lowest_inside is null as is_below_expected
    from tiers as t
    left join past as p
        on p.buyer_count > 0
    left join expected as e
        on e.buyer_count > 0
),

sizes as (
    select
        count(case when value_tier = 'high' then 1 end) as high_count,
        count(case when value_tier = 'potential_high' then 1 end) as potential_count,
        count(*) as buyer_count
    from tiers
)

select coalesce(t.person_id, l.person_id) as person_id
from tiers as t
full outer join {{ ref('customer_ltv') }} as l
    on t.person_id = l.person_id
where t.person_id is null or l.person_id is null
union all
select person_id
from judged
where
    (value_tier = 'high') <> coalesce(is_past, false)
    or (value_tier = 'potential_high' and coalesce(is_below_expected, false))
union all
select p.edge_person_id as person_id
from past as p
cross join sizes as s
where
    p.inside_count <> s.high_count
    or p.buyer_count <> s.buyer_count
    or 5 * (p.inside_count - 1) >= p.buyer_count
union all
select e.edge_person_id as person_id
from expected as e
cross join sizes as s
where s.potential_count > e.inside_count or (not e.is_served and e.inside_count > 0)

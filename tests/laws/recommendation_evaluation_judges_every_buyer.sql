-- Whoever ordered in the 365 days before a past cut-off and then bought a product that was new to
-- them is judged, once, as known or as new; of more than 20,000 who then bought anything, those of
-- the first hashes. One model a list is served, on both splits the same. A night that fits nothing
-- keeps the record of its last fit, whose cut-offs are not tonight's: it is held on the night that
-- makes it.
-- If it breaks: look at int_recommendations__later and evaluate in src/stayhouse/recommendations.
with clock as (
    select * from {{ ref('clock') }}
),

cutoffs as (
    select
        'test' as split,
        {{ add_days('as_of_at', -90) }} as cutoff_at,
        as_of_at as until_at
    from clock
    union all
    select
        'validation' as split,
        {{ add_days('as_of_at', -180) }} as cutoff_at,
        {{ add_days('as_of_at', -90) }} as until_at
    from clock
),

cancellations as (
    select
        source_name,
        order_id,
        min(effective_at) as cancelled_at
    from {{ ref('money_lines') }}
    where kind = 'cancellation'
    group by source_name, order_id
),

bought as (
    select
        o.person_id,
        o.order_id,
        m.source_name,
        m.product_id,
        o.ordered_at,
        x.cancelled_at
    from {{ ref('orders') }} as o
    inner join {{ ref('money_lines') }} as m
        on o.source_name = m.source_name and o.order_id = m.order_id
    left join cancellations as x
        on o.source_name = x.source_name and o.order_id = x.order_id
    where
        m.kind = 'item' and m.product_id is not null and o.is_order and o.person_id is not null
),

known as (
    select
        c.split,
        b.*
    from bought as b
    inner join cutoffs as c
        on
            b.ordered_at < c.cutoff_at
            and (b.cancelled_at is null or b.cancelled_at >= c.cutoff_at)
),

then_bought as (
    select
        c.split,
        b.*
    from bought as b
    inner join cutoffs as c
        on
            b.ordered_at >= c.cutoff_at
            and b.ordered_at < c.until_at
            and (b.cancelled_at is null or b.cancelled_at >= c.until_at)
),

histories as (
    select
        b.split,
        b.person_id,
        count(distinct concat(b.source_name, ' ', b.order_id)) as order_count,
        max(b.ordered_at) >= {{ add_days('max(c.cutoff_at)', -365) }} as is_listed
    from known as b
    inner join cutoffs as c
        on b.split = c.split
    group by b.split, b.person_id
),

came_back as (
    select distinct
        b.split,
        b.person_id,
        h.order_count
    from then_bought as b
    inner join histories as h
        on b.split = h.split and b.person_id = h.person_id
    where h.is_listed
),

drawn as (
    select *
    from came_back
    qualify row_number() over (partition by split order by md5(person_id), person_id) <= 20000
),

judged as (
    select distinct
        d.split,
        d.person_id,
        d.order_count
    from drawn as d
    inner join then_bought as b
        on d.split = b.split and d.person_id = b.person_id
    left join known as n
        on
            b.split = n.split
            and b.person_id = n.person_id
            and b.source_name = n.source_name
            and b.product_id = n.product_id
    where n.person_id is null
),

of_kinds as (
    select
        split,
        'all' as people
    from judged
    union all
    select
        split,
        case when order_count > 1 then 'known' else 'new' end as people
    from judged
),

wanted as (
    select
        split,
        people,
        count(*) as people_count
    from of_kinds
    group by split, people
),

found as (
    select
        e.split,
        e.people,
        max(e.people_count) as people_count,
        min(e.people_count) as least_people_count,
        count(case when e.is_served then 1 end) as served_count
    from {{ ref('recommendation_evaluation') }} as e
    inner join clock
        on e.as_of_date = cast(clock.as_of_at as date)
    where e.list_kind = 'discovery' and {{ is_made_now('ml_recommendation_evaluation') }}
    group by e.split, e.people
)

select
    f.split,
    f.people,
    w.people_count as wanted_count,
    f.people_count,
    f.least_people_count,
    f.served_count
from found as f
left join wanted as w
    on f.split = w.split and f.people = w.people
where
    coalesce(w.people_count, 0) <> f.people_count
    or f.people_count <> f.least_people_count
    or f.served_count <> 1

-- Who stands above whom in the tree of referrals. A customer has one referrer, so one ancestor at
-- each distance; each step doubles the distance that is known, by plain joins, so that nothing can
-- loop: up to 32 generations are followed.
{%- set known_distances = [1, 2, 4, 8, 16] %}
with customers as (
    select * from {{ ref('customers') }}
),

-- Nothing is known above a referrer who is not there.
ancestors_1 as (
    select
        c.source_name,
        c.customer_id,
        r.customer_id as ancestor_id,
        1 as distance
    from customers as c
    inner join customers as r
        on c.source_name = r.source_name and c.referred_by = r.customer_id
),
{% for known in known_distances %}
ancestors_{{ 2 * known }} as (
    select * from ancestors_{{ known }}
    union all
    select
        near.source_name,
        near.customer_id,
        far.ancestor_id,
        near.distance + far.distance as distance
    from ancestors_{{ known }} as near
    inner join ancestors_{{ known }} as far
        on near.source_name = far.source_name and near.ancestor_id = far.customer_id
    where near.distance = {{ known }}
),
{% endfor %}
-- A customer among their own ancestors stands in a circle, alone or with others: none of its
-- referrals can be believed.
circles as (
    select distinct
        source_name,
        customer_id
    from ancestors_32
    where customer_id = ancestor_id
),

-- So the tree of who stands below a circle ends at its first member.
first_in_circle as (
    select
        a.source_name,
        a.customer_id,
        min(a.distance) as distance
    from ancestors_32 as a
    inner join circles as c
        on a.source_name = c.source_name and a.ancestor_id = c.customer_id
    group by a.source_name, a.customer_id
),

final as (
    select
        a.source_name,
        a.customer_id,
        a.ancestor_id,
        a.distance
    from ancestors_32 as a
    left join circles as c
        on a.source_name = c.source_name and a.customer_id = c.customer_id
    left join first_in_circle as f
        on a.source_name = f.source_name and a.customer_id = f.customer_id
    where c.customer_id is null and (f.distance is null or a.distance <= f.distance)
)

select * from final

-- The size of each rule is how many people are in its segment, each of them a customer or a buyer
-- (no bot is, nor a person that was erased), and their sales are the ledger's of 365 days.
-- If it breaks: a fact of models/segments/int_profile_facts.sql stands twice for a person, or a
-- rule was changed and only one of the two marts built again.
with clock as (
    select
        as_of_at,
        {{ add_days('as_of_at', -365) }} as year_ago_at
    from {{ ref('clock') }}
),

spent as (
    select
        m.person_id,
        sum(m.amount) as net_sales
    from {{ ref('money_lines') }} as m
    inner join clock as c
        on m.effective_at >= c.year_ago_at and m.effective_at < c.as_of_at
    left join {{ ref('orders') }} as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where {{ is_sale_kind('m.kind') }} and not coalesce(o.is_test, false)
    group by m.person_id
),

counted as (
    select
        s.rule_name,
        count(*) as people_count,
        cast(coalesce(sum(p.net_sales), 0) as decimal(38, 4)) as net_sales_365d
    from {{ ref('profile_segments') }} as s
    left join spent as p
        on s.person_id = p.person_id
    group by s.rule_name
),

sizes as (
    select * from {{ ref('profile_segment_sizes') }}
    where people_count > 0
),

changed as (
    {{ differences(
        'counted', 'sizes', by=['rule_name'], of=['people_count', 'net_sales_365d']
    ) }}
)

select rule_name from changed
union all
select s.rule_name
from {{ ref('profile_segments') }} as s
left join {{ ref('customers') }} as c
    on s.person_id = c.person_id
left join {{ ref('orders') }} as o
    on s.person_id = o.person_id and o.is_order
where c.person_id is null and o.person_id is null

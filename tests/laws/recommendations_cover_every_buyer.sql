-- Every person who bought a product, and did not cancel, has a list, or is counted among those who
-- have been silent for a year or for whom nothing is left.
-- If it breaks: look at models/recommendations/recommendation_exclusions.sql and at who has a list
-- in int_recommendations__people.
with cancelled as (
    select distinct
        m.source_name,
        m.order_id
    from {{ ref('money_lines') }} as m
    cross join {{ ref('clock') }} as k
    where m.kind = 'cancellation' and m.effective_at < k.as_of_at
),

buyers as (
    select count(distinct o.person_id) as buyer_count
    from {{ ref('orders') }} as o
    inner join {{ ref('money_lines') }} as m
        on o.source_name = m.source_name and o.order_id = m.order_id
    cross join {{ ref('clock') }} as k
    left join cancelled as c
        on o.source_name = c.source_name and o.order_id = c.order_id
    where
        m.kind = 'item'
        and c.order_id is null
        and m.product_id is not null
        and o.is_order
        and o.ordered_at < k.as_of_at
),

lists as (
    select 'discovery' as list_kind
    union all
    select 'buy_again' as list_kind
),

listed as (
    select
        list_kind,
        count(distinct person_id) as person_count
    from {{ ref('product_recommendations') }}
    group by list_kind
),

without as (
    select
        list_kind,
        sum(people_count) as person_count
    from {{ ref('recommendation_exclusions') }}
    where reason in ('silent_for_a_year', 'nothing_left')
    group by list_kind
),

counted as (
    select
        l.list_kind,
        b.buyer_count,
        coalesce(y.person_count, 0) as listed_count,
        coalesce(w.person_count, 0) as left_out_count
    from lists as l
    cross join buyers as b
    left join listed as y
        on l.list_kind = y.list_kind
    left join without as w
        on l.list_kind = w.list_kind
)

select * from counted
where buyer_count <> listed_count + left_out_count

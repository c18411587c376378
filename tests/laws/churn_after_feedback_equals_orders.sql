-- Of whom churn_after_feedback speaks, and who of them came back, is what core says, counted anew:
-- people with an order after which they bought nothing for 21 days and whose outcome is known since
-- a year at most; those who gave stars to something in it in these days by their stars.
-- If it breaks: look at models/feedback/int_followed__orders.sql for who is counted at all, and at
-- models/feedback/int_followed__strata.sql for who wrote what.
with clock as (
    select * from {{ ref('clock') }}
),

horizon as (
    select horizon_days from {{ ref('churn_horizon') }}
),

bought as (
    select
        o.source_name,
        o.person_id,
        o.order_id,
        o.ordered_at,
        {{ add_days('o.ordered_at', '21') }} as landmark_at,
        {{ add_days('o.ordered_at', '21 + h.horizon_days') }} as outcome_at,
        k.as_of_at
    from {{ ref('orders') }} as o
    cross join horizon as h
    inner join clock as k
        on o.ordered_at < k.as_of_at
    where
        o.is_order
        and o.person_id is not null
        and {{ is_churn_order('o.is_net_at_clock') }}
),

followed as (
    select
        b.source_name,
        b.person_id,
        b.order_id,
        b.ordered_at,
        b.landmark_at,
        max(case when n.ordered_at < b.landmark_at then 1 else 0 end) as has_bought_soon,
        max(case when n.ordered_at >= b.landmark_at then 1 else 0 end) as has_come_back
    from bought as b
    left join bought as n
        on
            b.source_name = n.source_name
            and b.person_id = n.person_id
            and (
                b.ordered_at < n.ordered_at
                or (b.ordered_at = n.ordered_at and b.order_id < n.order_id)
            )
            and b.outcome_at > n.ordered_at
    where b.outcome_at <= b.as_of_at and {{ add_days('b.outcome_at', '365') }} > b.as_of_at
    group by b.source_name, b.person_id, b.order_id, b.ordered_at, b.landmark_at
),

first_followed as (
    select
        source_name,
        person_id,
        min(ordered_at) as ordered_at
    from followed
    where has_bought_soon = 0
    group by source_name, person_id
),

people as (
    select f.*
    from followed as f
    inner join first_followed as a
        on
            f.source_name = a.source_name
            and f.person_id = a.person_id
            and f.ordered_at = a.ordered_at
    where f.has_bought_soon = 0
),

rated as (
    select
        source_name,
        person_id,
        product_id,
        case when rating <= 2 then 'bad' when rating = 3 then 'middle' else 'good' end
            as follow_value,
        created_at
    from {{ ref('reviews') }}
    where rating is not null
),

wrote as (
    select
        p.source_name,
        w.follow_value,
        count(distinct p.person_id) as person_count,
        count(distinct case when p.has_come_back = 1 then p.person_id end) as came_back_count
    from people as p
    inner join rated as w
        on
            p.source_name = w.source_name
            and p.person_id = w.person_id
            and p.ordered_at <= w.created_at
            and p.landmark_at > w.created_at
    inner join {{ ref('money_lines') }} as m
        on
            p.source_name = m.source_name
            and p.order_id = m.order_id
            and w.product_id = m.product_id
            and m.kind = 'item'
    group by p.source_name, w.follow_value
),

totals as (
    select
        source_name,
        count(*) as person_count,
        sum(has_come_back) as came_back_count
    from people
    group by source_name
),

told as (
    select
        c.*,
        t.person_count as everybody_count,
        t.came_back_count as everybody_came_back_count
    from {{ ref('churn_after_feedback') }} as c
    left join totals as t
        on c.source_name = t.source_name
),

ratings_told as (
    select * from told
    where follow_kind = 'rating'
)

select
    coalesce(t.source_name, w.source_name) as source_name,
    'rating' as follow_kind,
    coalesce(t.follow_value, w.follow_value) as follow_value,
    t.person_count as told_count,
    w.person_count as counted_count
from ratings_told as t
full outer join wrote as w
    on t.source_name = w.source_name and t.follow_value = w.follow_value
where
    t.person_count is distinct from w.person_count
    or (not t.is_withheld and t.came_back_count is distinct from w.came_back_count)
union all
select
    source_name,
    follow_kind,
    follow_value,
    person_count + other_count as told_count,
    everybody_count as counted_count
from told
where
    person_count + other_count is distinct from everybody_count
    or (
        not is_withheld
        and came_back_count + other_came_back_count is distinct from everybody_came_back_count
    )

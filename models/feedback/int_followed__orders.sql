-- One order of each person, to see what follows what was written about it: the first one, in the
-- latest year whose outcomes are known, with which the person came to its landmark without having
-- bought again. Both choices look at nothing after the landmark: a person's last order would be
-- chosen for not having been followed by another (docs/decisions/feedback/one-order-a-person.md).
{%- set landmark_days = 21 %}
{%- set year_days = 365 %}
with clock as (
    select * from {{ ref('clock') }}
),

churn_horizon as (
    select * from {{ ref('churn_horizon') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_order and person_id is not null and {{ is_churn_order('is_net_at_clock') }}
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind = 'item' and order_id is not null
),

products as (
    select * from {{ ref('products') }}
),

bought as (
    select
        o.source_name,
        o.person_id,
        o.order_id,
        h.horizon_days,
        row_number() over (
            partition by o.source_name, o.person_id order by o.ordered_at, o.order_id
        ) as place,
        lead(o.ordered_at) over (
            partition by o.source_name, o.person_id order by o.ordered_at, o.order_id
        ) as next_ordered_at,
        o.ordered_at,
        o.promised_at,
        o.delivered_at,
        k.as_of_at,
        {{ add_days('o.ordered_at', landmark_days) }} as landmark_at,
        {{ add_days('o.ordered_at', landmark_days ~ ' + h.horizon_days') }} as outcome_at
    from orders as o
    cross join churn_horizon as h
    inner join clock as k
        on o.ordered_at < k.as_of_at
),

-- An order's main product is the line that cost most.
first_categories as (
    select
        b.source_name,
        b.person_id,
        p.category
    from bought as b
    inner join money_lines as m
        on b.source_name = m.source_name and b.order_id = m.order_id
    left join products as p
        on m.source_name = p.source_name and m.product_id = p.product_id
    where b.place = 1
    qualify row_number() over (
        partition by b.source_name, b.order_id
        order by m.native_amount desc, m.line_id desc
    ) = 1
),

chosen as (
    select * from bought
    where
        outcome_at <= as_of_at
        and outcome_at > {{ add_days('as_of_at', -year_days) }}
        and coalesce(next_ordered_at >= landmark_at, true)
    qualify row_number() over (partition by source_name, person_id order by place) = 1
),

final as (
    select
        c.source_name,
        c.person_id,
        c.order_id,
        case
            -- Known at the landmark also of what is delivered after it.
            when c.delivered_at > c.promised_at and c.promised_at < c.landmark_at then 'late'
            when c.delivered_at <= c.promised_at and c.delivered_at < c.landmark_at then 'on_time'
            else 'unknown'
        end as lateness,
        coalesce(f.category, 'unknown') as first_category,
        c.horizon_days,
        cast(least(c.place, 3) as bigint) as order_band,
        coalesce(c.next_ordered_at < c.outcome_at, false) as has_come_back,
        c.ordered_at,
        c.landmark_at
    from chosen as c
    left join first_categories as f
        on c.source_name = f.source_name and c.person_id = f.person_id
)

select * from final

-- Satisfaction counts every review, message, order that was not cancelled and delivery once in its
-- month, as core holds them, with each star, order that can no longer come back, return and late
-- delivery; and every review of each category.
-- If it breaks: look at models/feedback/int_satisfaction__counts.sql for the fact that differs.
with clock as (
    select * from {{ ref('clock') }}
),

reviews as (
    select
        r.*,
        p.category,
        cast(date_trunc('month', {{ local_day('r.created_at') }}) as date) as month
    from {{ ref('reviews') }} as r
    inner join clock as k
        on r.created_at < k.as_of_at
    left join {{ ref('products') }} as p
        on r.source_name = p.source_name and r.product_id = p.product_id
),

bot_days as (
    select distinct
        source_name,
        visitor_id,
        local_day
    from {{ ref('visitor_days') }}
    where is_bot
),

messages as (
    select
        e.source_name,
        cast(date_trunc('month', {{ local_day('e.occurred_at') }}) as date) as month
    from {{ ref('events') }} as e
    inner join clock as k
        on e.occurred_at < k.as_of_at
    left join bot_days as b
        on
            e.source_name = b.source_name
            and e.visitor_id = b.visitor_id
            and {{ local_day('e.occurred_at') }} = b.local_day
    where e.event_type = 'support_message' and b.visitor_id is null
),

orders as (
    select
        o.source_name,
        o.order_id,
        o.is_settled,
        coalesce(o.delivered_at < k.as_of_at, false) and o.promised_at is not null as is_delivered,
        o.delivered_at > o.promised_at as is_late,
        cast(date_trunc('month', o.local_day) as date) as ordered_month,
        cast(date_trunc('month', {{ local_day('o.delivered_at') }}) as date) as delivered_month
    from {{ ref('orders') }} as o
    inner join clock as k
        on o.ordered_at < k.as_of_at
    where o.is_order
),

refunds as (
    select
        m.source_name,
        m.order_id,
        max(case when m.effective_at < k.as_of_at then 1 else 0 end) as is_returned
    from {{ ref('money_lines') }} as m
    cross join clock as k
    where m.kind = 'refund'
    group by m.source_name, m.order_id
),

cancelled as (
    select distinct
        m.source_name,
        m.order_id
    from {{ ref('money_lines') }} as m
    inner join clock as k
        on m.effective_at < k.as_of_at
    where m.kind = 'cancellation'
),

kept as (
    select o.*
    from orders as o
    left join cancelled as c
        on o.source_name = c.source_name and o.order_id = c.order_id
    where c.order_id is null
),

returning_sources as (
    select distinct source_name from refunds
),

settled as (
    select
        o.source_name,
        o.ordered_month as month,
        coalesce(r.is_returned, 0) as is_returned
    from kept as o
    inner join returning_sources as s
        on o.source_name = s.source_name
    left join refunds as r
        on o.source_name = r.source_name and o.order_id = r.order_id
    where o.is_settled
),

{% set facts = [
    ('review', "'all'", 'month', 'reviews', 'true'),
    ('review', "'category ' || category", 'month', 'reviews', 'category is not null'),
    ('star 1', "'all'", 'month', 'reviews', 'rating = 1'),
    ('star 2', "'all'", 'month', 'reviews', 'rating = 2'),
    ('star 3', "'all'", 'month', 'reviews', 'rating = 3'),
    ('star 4', "'all'", 'month', 'reviews', 'rating = 4'),
    ('star 5', "'all'", 'month', 'reviews', 'rating = 5'),
    ('message', "'all'", 'month', 'messages', 'true'),
    ('ordered', "'all'", 'ordered_month', 'kept', 'true'),
    ('settled', "'all'", 'month', 'settled', 'true'),
    ('returned', "'all'", 'month', 'settled', 'is_returned = 1'),
    ('delivered', "'all'", 'delivered_month', 'orders', 'is_delivered'),
    ('late', "'all'", 'delivered_month', 'orders', 'is_delivered and is_late'),
] -%}
counted as (
    {%- for fact, of_what, month, counted_of, condition in facts %}
    select
        source_name,
        {{ of_what }} as of_what,
        '{{ fact }}' as fact,
        {{ month }} as fact_month,
        count(*) as fact_count
    from {{ counted_of }}
    where {{ condition }}
    group by source_name, {{ of_what }}, {{ month }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

satisfaction as (
    select
        *,
        case when level = 'all' then 'all' else 'category ' || level_value end as of_what
    from {{ ref('satisfaction') }}
),

{% set columns = {
    'review': 'review_count', 'star 1': 'star_1_count', 'star 2': 'star_2_count',
    'star 3': 'star_3_count', 'star 4': 'star_4_count', 'star 5': 'star_5_count',
    'message': 'message_count', 'ordered': 'order_count', 'settled': 'settled_order_count',
    'returned': 'returned_order_count', 'delivered': 'delivered_order_count',
    'late': 'late_order_count',
} -%}
told as (
    {%- for fact, column in columns.items() %}
    select
        source_name,
        of_what,
        '{{ fact }}' as fact,
        month as fact_month,
        {{ column }} as fact_count
    from satisfaction
    where {{ column }} > 0 and {{ "true" if fact == 'review' else "level = 'all'" }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

{{ differences(
    'told', 'counted', by=['source_name', 'of_what', 'fact', 'fact_month'], of=['fact_count']
) }}

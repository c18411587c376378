-- How satisfied customers were, by local month, of all and of each category: what they said of it,
-- whether they had to ask twice, what they gave back, what came late. The parts stand for
-- themselves; `composite` is their mean, in deviations from the shop's own months.
with clock as (
    select * from {{ ref('clock') }}
),

review_sentiment as (
    select * from {{ ref('review_sentiment') }}
),

support_messages as (
    select * from {{ ref('support_messages') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_order
),

money_lines as (
    select * from {{ ref('money_lines') }}
    where kind = 'item' and product_id is not null
),

products as (
    select * from {{ ref('products') }}
),

categories as (
    select distinct
        m.source_name,
        m.order_id,
        p.category
    from money_lines as m
    inner join products as p
        on m.source_name = p.source_name and m.product_id = p.product_id
    where p.category is not null
),

reviewed as (
    select
        r.source_name,
        p.category,
        r.rating,
        r.sentiment,
        cast(date_trunc('month', {{ local_day('r.created_at') }}) as date) as month
    from review_sentiment as r
    left join products as p
        on r.source_name = p.source_name and r.product_id = p.product_id
),

-- Whether somebody asked again within a week; of messages since which a week is over.
asked as (
    select
        m.source_name,
        m.event_id,
        cast(date_trunc('month', {{ local_day('m.written_at') }}) as date) as month,
        max(case when a.event_id is not null then 1 else 0 end) as is_repeated
    from support_messages as m
    inner join clock as k
        on {{ add_days('m.written_at', '7') }} <= k.as_of_at
    left join support_messages as a
        on
            m.person_id = a.person_id
            and a.written_at > m.written_at
            and a.written_at <= {{ add_days('m.written_at', '7') }}
    where m.person_id is not null
    group by m.source_name, m.event_id, m.written_at
),

-- What may still come back says nothing of returns.
ordered as (
    select
        o.source_name,
        o.order_id,
        cast(date_trunc('month', o.local_day) as date) as month,
        case when o.is_settled then 1 else 0 end as is_settled,
        case when o.is_settled and o.refund_amount <> 0 then 1 else 0 end as is_returned,
        case when o.promised_at is not null and o.delivered_at is not null then 1 else 0 end
            as is_promised,
        case when o.delivered_at > o.promised_at then 1 else 0 end as is_late
    from orders as o
    inner join clock as k
        on o.ordered_at < k.as_of_at
),

parts as (
    select source_name, 'all' as level, 'all' as level_value, month,
        rating, sentiment, null as is_repeated, null as is_settled, null as is_returned,
        null as is_promised, null as is_late, 1 as is_review, 0 as is_message
    from reviewed
    union all
    select source_name, 'category' as level, category as level_value, month,
        rating, sentiment, null, null, null, null, null, 1, 0
    from reviewed where category is not null
    union all
    select source_name, 'all' as level, 'all' as level_value, month,
        null, null, is_repeated, null, null, null, null, 0, 1
    from asked
    union all
    select source_name, 'all' as level, 'all' as level_value, month,
        null, null, null, is_settled, is_returned, is_promised, is_late, 0, 0
    from ordered
    union all
    select o.source_name, 'category' as level, c.category as level_value, o.month,
        null, null, null, o.is_settled, o.is_returned, o.is_promised, o.is_late, 0, 0
    from ordered as o
    inner join categories as c on o.source_name = c.source_name and o.order_id = c.order_id
),

summed as (
    select
        source_name,
        level,
        level_value,
        month,
        sum(is_review) as review_count,
        count(rating) as rated_count,
        avg(cast(rating as double)) as rating_mean,
        stddev_samp(cast(rating as double)) as rating_deviation,
        {%- for star in range(1, 6) %}
        sum(case when rating = {{ star }} then 1 else 0 end) as star_{{ star }}_count,
        {%- endfor %}
        count(sentiment) as judged_count,
        sum(case when sentiment = 'positive' then 1 else 0 end) as positive_count,
        sum(is_message) as message_count,
        coalesce(sum(is_repeated), 0) as repeated_count,
        coalesce(sum(is_settled), 0) as settled_count,
        coalesce(sum(is_returned), 0) as returned_count,
        coalesce(sum(is_promised), 0) as promised_count,
        coalesce(sum(is_late), 0) as late_count
    from parts
    group by source_name, level, level_value, month
)

select * from summed

-- What satisfaction is told from, counted by local month, of all and of each category. Each fact
-- counts in the month in which it happened: reviews and messages when they were written, what came
-- back by the month of the order, what came late by the month of the delivery, so that an order
-- still on its way is missing from no month that is over.
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
    where kind in ('item', 'refund')
),

products as (
    select * from {{ ref('products') }}
),

levels as (
    select 'all' as level
    union all
    select 'category' as level
),

reviewed as (
    select
        r.source_name,
        v.level,
        case when v.level = 'all' then 'all' else p.category end as level_value,
        r.rating,
        case when r.sentiment = 'positive' then 1 when r.sentiment is not null then 0 end
            as is_positive,
        cast(date_trunc('month', {{ local_day('r.created_at') }}) as date) as month
    from review_sentiment as r
    left join products as p
        on r.source_name = p.source_name and r.product_id = p.product_id
    inner join levels as v
        on v.level = 'all' or p.category is not null
),

followed as (
    select
        source_name,
        person_id,
        written_at,
        {{ add_days('written_at', '7') }} as week_over_at,
        lead(written_at) over (
            partition by source_name, person_id order by written_at, event_id
        ) as next_written_at
    from support_messages
),

-- Whether whoever asked had to ask again: known when a week is over, and of nobody unknown.
asked as (
    select
        f.source_name,
        case
            when f.person_id is null or f.week_over_at >= k.as_of_at then null
            when f.next_written_at <= f.week_over_at then 1
            else 0
        end as is_repeated,
        cast(date_trunc('month', {{ local_day('f.written_at') }}) as date) as month
    from followed as f
    cross join clock as k
),

sources_with_refunds as (
    select distinct source_name from money_lines
    where kind = 'refund'
),

lines as (
    select
        m.source_name,
        m.order_id,
        p.category,
        case when m.kind = 'item' then 1 else 0 end as is_item,
        case when m.kind = 'refund' then 1 else 0 end as is_refund,
        -- A refund that names no product is of everything in the order.
        max(case when m.kind = 'refund' and m.product_id is null then 1 else 0 end) over (
            partition by m.source_name, m.order_id
        ) as is_refunded_as_a_whole
    from money_lines as m
    inner join clock as k
        on m.effective_at < k.as_of_at
    left join products as p
        on m.source_name = p.source_name and m.product_id = p.product_id
    where m.order_id is not null
),

parts as (
    select
        l.source_name,
        l.order_id,
        v.level,
        case when v.level = 'all' then 'all' else l.category end as level_value,
        greatest(max(l.is_refund), max(l.is_refunded_as_a_whole)) as is_returned
    from lines as l
    inner join levels as v
        on v.level = 'all' or l.category is not null
    group by
        l.source_name,
        l.order_id,
        v.level,
        case when v.level = 'all' then 'all' else l.category end
    having max(l.is_item) = 1
),

sold as (
    select
        o.source_name,
        p.level,
        p.level_value,
        -- What may still come back says nothing of returns, nor does a source that lands none.
        case when o.is_settled and s.source_name is not null then p.is_returned end as is_returned,
        case when o.delivered_at < k.as_of_at and o.delivered_at > o.promised_at then 1 else 0 end
            as is_late,
        cast(date_trunc('month', o.local_day) as date) as ordered_month,
        case
            when o.promised_at is not null and o.delivered_at < k.as_of_at
                then cast(date_trunc('month', {{ local_day('o.delivered_at') }}) as date)
        end as delivered_month
    from orders as o
    inner join clock as k
        on o.ordered_at < k.as_of_at
    inner join parts as p
        on o.source_name = p.source_name and o.order_id = p.order_id
    left join sources_with_refunds as s
        on o.source_name = s.source_name
),

facts as (
    select
        source_name,
        level,
        level_value,
        1 as is_review,
        0 as is_message,
        rating,
        is_positive,
        null as is_repeated,
        null as is_returned,
        null as is_late,
        month
    from reviewed
    union all
    select source_name, 'all', 'all', 0, 1, null, null, is_repeated, null, null, month
    from asked
    union all
    select source_name, level, level_value, 0, 0, null, null, null, is_returned, null, ordered_month
    from sold
    union all
    select source_name, level, level_value, 0, 0, null, null, null, null, is_late, delivered_month
    from sold
    where delivered_month is not null
),

final as (
    select
        source_name,
        level,
        level_value,
        cast(sum(is_review) as bigint) as review_count,
        count(rating) as rated_count,
        cast(coalesce(sum(rating), 0) as bigint) as rating_sum,
        cast(coalesce(sum(rating * rating), 0) as bigint) as rating_square_sum,
        {%- for star in [1, 2, 3, 4, 5] %}
        count(case when rating = {{ star }} then 1 end) as star_{{ star }}_count,
        {%- endfor %}
        count(is_positive) as judged_count,
        cast(coalesce(sum(is_positive), 0) as bigint) as positive_count,
        cast(sum(is_message) as bigint) as message_count,
        count(is_repeated) as followed_message_count,
        cast(coalesce(sum(is_repeated), 0) as bigint) as repeated_message_count,
        count(is_returned) as settled_order_count,
        cast(coalesce(sum(is_returned), 0) as bigint) as returned_order_count,
        count(is_late) as delivered_order_count,
        cast(coalesce(sum(is_late), 0) as bigint) as late_order_count,
        month
    from facts
    group by source_name, level, level_value, month
)

select * from final

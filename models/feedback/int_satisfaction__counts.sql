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
    where kind in ('item', 'refund', 'cancellation')
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
        ) as is_refunded_as_a_whole,
        -- A cancellation is always of all that is left of an order.
        max(case when m.kind = 'cancellation' then 1 else 0 end) over (
            partition by m.source_name, m.order_id
        ) as is_cancelled
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
        greatest(max(l.is_refund), max(l.is_refunded_as_a_whole)) as is_returned,
        max(l.is_cancelled) as is_cancelled
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
        p.is_cancelled,
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

-- A fact without a value is counted, and tells nothing.
facts as (
    select
        source_name,
        level,
        level_value,
        'rating' as fact,
        rating as fact_value,
        month
    from reviewed
    union all
    select
        source_name,
        level,
        level_value,
        'sentiment' as fact,
        is_positive as fact_value,
        month
    from reviewed
    union all
    select
        source_name,
        'all' as level,
        'all' as level_value,
        'message' as fact,
        is_repeated as fact_value,
        month
    from asked
    union all
    select
        source_name,
        level,
        level_value,
        'order' as fact,
        is_returned as fact_value,
        ordered_month as month
    from sold
    -- What never left the shop cannot come back.
    where is_cancelled = 0
    union all
    select
        source_name,
        level,
        level_value,
        'delivery' as fact,
        is_late as fact_value,
        delivered_month as month
    from sold
    where delivered_month is not null
),

final as (
    select
        source_name,
        level,
        level_value,
        count(case when fact = 'rating' then 1 end) as review_count,
        count(case when fact = 'rating' then fact_value end) as rated_count,
        cast(sum(case when fact = 'rating' then coalesce(fact_value, 0) else 0 end) as bigint)
            as rating_sum,
        cast(
            sum(case when fact = 'rating' then coalesce(fact_value * fact_value, 0) else 0 end)
            as bigint
        ) as rating_square_sum,
        {%- for star in [1, 2, 3, 4, 5] %}
        count(case when fact = 'rating' and fact_value = {{ star }} then 1 end)
            as star_{{ star }}_count,
        {%- endfor %}
        count(case when fact = 'sentiment' then fact_value end) as judged_count,
        count(case when fact = 'sentiment' and fact_value = 1 then 1 end) as positive_count,
        count(case when fact = 'message' then 1 end) as message_count,
        count(case when fact = 'message' then fact_value end) as followed_message_count,
        count(case when fact = 'message' and fact_value = 1 then 1 end) as repeated_message_count,
        count(case when fact = 'order' then 1 end) as order_count,
        count(case when fact = 'order' then fact_value end) as settled_order_count,
        count(case when fact = 'order' and fact_value = 1 then 1 end) as returned_order_count,
        count(case when fact = 'delivery' then fact_value end) as delivered_order_count,
        count(case when fact = 'delivery' and fact_value = 1 then 1 end) as late_order_count,
        month
    from facts
    group by source_name, level, level_value, month
)

select * from final

-- What of all reviews and messages the room judges, and what it leaves out and why.
with clock as (
    select * from {{ ref('clock') }}
),

reviews as (
    select * from {{ ref('reviews') }}
),

messages as (
    select * from {{ ref('events') }}
    where event_type = 'support_message'
),

bot_days as (
    select distinct
        source_name,
        visitor_id,
        local_day
    from {{ ref('visitor_days') }}
    where is_bot
),

judged as (
    select
        r.source_name,
        'review' as text_kind,
        case when r.created_at < k.as_of_at then 'counted' else 'after_clock' end as reason
    from reviews as r
    cross join clock as k
    union all
    select
        m.source_name,
        'message' as text_kind,
        case
            when m.occurred_at >= k.as_of_at then 'after_clock'
            when b.visitor_id is not null then 'bot'
            else 'counted'
        end as reason
    from messages as m
    cross join clock as k
    left join bot_days as b
        on
            m.source_name = b.source_name
            and m.visitor_id = b.visitor_id
            and {{ local_day('m.occurred_at') }} = b.local_day
),

final as (
    select
        source_name,
        text_kind,
        reason,
        cast(count(*) as bigint) as text_count
    from judged
    group by source_name, text_kind, reason
)

select * from final

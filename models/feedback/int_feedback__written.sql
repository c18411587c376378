-- What customers wrote before the clock: reviews, which may be stars alone, and messages to the
-- help desk, by whoever the identity map says was there. Nothing of bots. Beside each stands of how
-- many texts a build may tell vectors anew, since doors read no settings.
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

identity_map as (
    select * from {{ ref('identity_map') }}
),

bot_days as (
    select distinct
        source_name,
        visitor_id,
        local_day
    from {{ ref('visitor_days') }}
    where is_bot
),

final as (
    select
        r.source_name,
        'review' as text_kind,
        r.review_id as text_id,
        r.person_id,
        r.product_id,
        cast(null as string) as order_id,
        r.text,
        r.rating,
        r.likes,
        {{ setting('embedding_texts_max') }} as embedding_texts_max,
        r.created_at as written_at
    from reviews as r
    inner join clock as k
        on r.created_at < k.as_of_at
    union all
    select
        m.source_name,
        'message' as text_kind,
        m.event_id as text_id,
        {{ known_person_id('m.source_name', 'm.customer_id', 'm.visitor_id', 'm.occurred_at') }}
            as person_id,
        m.product_id,
        m.order_id,
        m.text,
        cast(null as bigint) as rating,
        cast(null as bigint) as likes,
        {{ setting('embedding_texts_max') }} as embedding_texts_max,
        m.occurred_at as written_at
    from messages as m
    inner join clock as k
        on m.occurred_at < k.as_of_at
    left join identity_map as i
        on
            m.source_name = i.source_name
            and case when m.customer_id is null then m.visitor_id end = i.visitor_id
            and m.occurred_at >= i.valid_from
            and m.occurred_at < i.valid_to
    left join bot_days as b
        on
            m.source_name = b.source_name
            and m.visitor_id = b.visitor_id
            and {{ local_day('m.occurred_at') }} = b.local_day
    where b.visitor_id is null
)

select * from final

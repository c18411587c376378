-- What buyers did besides buying, as far back as any cut-off asks: products viewed, added to the
-- cart, liked and rated, and guides read, by whoever the identity map says was there. Nothing of
-- bots. A guide is the page whose address ends with its id.
with events as (
    select
        *,
        case
            when event_type = 'page_view'
                then split_part({{ page_path('page_url') }}, '/', -1)
        end as last_of_path
    from {{ ref('events') }}
    where
        event_type = 'page_view'
        or (
            product_id is not null
            and event_type in ('product_view', 'add_to_cart', 'like', 'rating', 'review')
        )
),

content as (
    select * from {{ ref('content') }}
),

reviews as (
    select * from {{ ref('reviews') }}
    where product_id is not null and rating is not null
),

bounds as (
    select
        min(cutoff_at) as first_cutoff_at,
        max(cutoff_at) as last_cutoff_at
    from {{ ref('int_recommendations__cutoffs') }}
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

items as (
    select * from {{ ref('int_recommendations__items') }}
),

buyers as (
    select * from {{ ref('int_recommendations__buyers') }}
),

recent as (
    select
        e.source_name,
        e.customer_id,
        e.visitor_id,
        e.product_id,
        c.content_id,
        e.event_type as kind,
        e.rating,
        e.occurred_at
    from events as e
    left join content as c
        on e.source_name = c.source_name and e.last_of_path = lower(c.content_id)
    cross join bounds as k
    where
        e.occurred_at
        >= {{ add_days('k.first_cutoff_at', '-' ~ setting('behavior_window_days')) }}
        and e.occurred_at < k.last_cutoff_at
        and (e.event_type <> 'page_view' or c.content_id is not null)
),

seen as (
    select
        e.source_name,
        e.product_id,
        e.content_id,
        {{ known_person_id('e.source_name', 'e.customer_id', 'e.visitor_id', 'e.occurred_at') }}
            as person_id,
        e.kind,
        e.rating,
        e.occurred_at
    from recent as e
    left join identity_map as i
        on
            e.source_name = i.source_name
            and case when e.customer_id is null then e.visitor_id end = i.visitor_id
            and e.occurred_at >= i.valid_from
            and e.occurred_at < i.valid_to
    left join bot_days as b
        on
            e.source_name = b.source_name
            and e.visitor_id = b.visitor_id
            and {{ local_day('e.occurred_at') }} = b.local_day
    where b.visitor_id is null
    union all
    select
        r.source_name,
        r.product_id,
        cast(null as string) as content_id,
        r.person_id,
        'review' as kind,
        r.rating,
        r.created_at as occurred_at
    from reviews as r
    cross join bounds as k
    where r.created_at < k.last_cutoff_at
),

final as (
    select
        s.source_name,
        s.content_id,
        s.kind,
        b.person_number,
        i.item_number,
        s.rating,
        s.occurred_at
    from seen as s
    inner join buyers as b
        on s.person_id = b.person_id
    left join items as i
        on s.source_name = i.source_name and s.product_id = i.product_id
    where i.item_number is not null or s.content_id is not null
)

select * from final

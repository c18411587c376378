with messages as (
    select * from {{ ref('stg_twilio_segment__messages') }}
),

-- The e-commerce specification says what events are called; one of another name, and the moment at
-- which somebody says who they are, is neither a view nor a conversion.
named as (
    select
        *,
        case
            when message_type in ('page', 'screen') then 'page_view'
            when message_type in ('identify', 'group', 'alias') then 'interaction'
            when message_type <> 'track' then message_type
            when event_name = 'product_viewed' then 'product_view'
            when event_name = 'products_searched' then 'search'
            when event_name = 'product_added' then 'add_to_cart'
            when event_name = 'product_removed' then 'remove_from_cart'
            when event_name = 'checkout_started' then 'checkout_start'
            when event_name = 'payment_info_entered' then 'payment'
            when event_name = 'order_completed' then 'purchase'
            when event_name = 'signed_up' then 'sign_up'
            when event_name = 'signed_in' then 'login'
            when event_name = 'product_reviewed' then 'review'
            when event_name in ('product_shared', 'cart_shared') then 'share'
            else 'interaction'
        end as event_type,
        {{ raw_values(['message_type', 'event_name', 'total', 'coupon_code']) }} as properties
    from messages
),

checked as (
    select
        *,
        coalesce(
            {{ event_reason_code() }},
            {{ unreadable(['quantity', 'price', 'rating']) }},
            {{ after_landed(['occurred_at']) }}
        ) as reason_code
    from named
),

final as (
    select
        {{ staged_facts('twilio_segment') }},
        event_id,
        event_type,
        visitor_id,
        customer_id,
        product_id,
        order_id,
        currency,
        page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        device_type,
        user_agent,
        search_term,
        cast(null as string) as text,
        properties,
        quantity,
        cast(null as bigint) as result_count,
        cast(null as bigint) as load_ms,
        rating,
        price,
        occurred_at,
        received_at,
        coalesce(received_at, occurred_at) as available_at
    from checked
)

select * from final

with int_events__checked as (
    select * from {{ ref('int_events__checked') }}
),

final as (
    select
        source_name,
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
        text,
        properties,
        batch_id,
        quantity,
        result_count,
        load_ms,
        rating,
        price,
        occurred_at,
        available_at
    from int_events__checked
    where disposition = 'accepted'
)

select * from final

{%- set optional = ['received_at', 'quantity', 'price', 'result_count', 'load_ms', 'rating'] -%}

with landed as (
    select * from {{ landed('shop', 'events') }}
),

typed as (
    select
        -- A redelivered copy comes with a receipt of its own, which is not its content.
        {{ landed_facts('shop', 'events', unhashed=['received_at']) }},
        {{ as_landed(optional) }},
        {{ code_value('event_id') }} as event_id,
        lower({{ code_value('event_type') }}) as event_type,
        {{ code_value('visitor_id') }} as visitor_id,
        {{ code_value('customer_id') }} as customer_id,
        {{ code_value('product_id') }} as product_id,
        {{ code_value('order_id') }} as order_id,
        upper({{ code_value('currency') }}) as currency,
        {{ redacted(text_value('page_url')) }} as page_url,
        {{ redacted(text_value('referrer')) }} as referrer,
        {{ text_value('utm_source') }} as utm_source,
        {{ text_value('utm_medium') }} as utm_medium,
        {{ text_value('utm_campaign') }} as utm_campaign,
        lower({{ code_value('device_type') }}) as device_type,
        {{ text_value('user_agent') }} as user_agent,
        {{ redacted(text_value('search_term')) }} as search_term,
        {{ redacted(text_value('text')) }} as text,
        {{ redacted(text_value('properties')) }} as properties,
        {{ whole_number('quantity') }} as quantity,
        {{ whole_number('result_count') }} as result_count,
        {{ whole_number('load_ms') }} as load_ms,
        {{ whole_number('rating') }} as rating,
        {{ exact_decimal('price') }} as price,
        {{ utc_instant('occurred_at') }} as occurred_at,
        {{ utc_instant('received_at') }} as received_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ event_reason_code() }},
            {{ unreadable(optional) }},
            {{ after_landed(['occurred_at', 'received_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
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
        quantity,
        result_count,
        load_ms,
        rating,
        price,
        occurred_at,
        received_at,
        coalesce(received_at, occurred_at) as available_at
    from checked
)

select * from final

{#- Our name of a property, and where it lies. -#}
{%- set read = {
    'device_id': '$.$device_id', 'is_identified': '$.$is_identified', 'session_id': '$.$session_id',
    'page_url': '$.$current_url', 'referrer': '$.$referrer', 'utm_source': '$.utm_source',
    'utm_medium': '$.utm_medium', 'utm_campaign': '$.utm_campaign',
    'device_type': '$.$device_type', 'user_agent': '$.$raw_user_agent', 'search_term': '$.query',
    'order_id': '$.order_id', 'currency': '$.currency', 'revenue': '$.revenue',
    'own_product_id': '$.product_id', 'own_sku': '$.sku', 'own_price': '$.price',
    'own_quantity': '$.quantity', 'first_product_id': '$.products[0].product_id',
    'first_sku': '$.products[0].sku', 'first_price': '$.products[0].price',
    'first_quantity': '$.products[0].quantity', 'second_product_id': '$.products[1].product_id',
    'second_sku': '$.products[1].sku',
} -%}
{%- set content = ['event_id', 'event', 'distinct_id', 'occurred_at'] + (read | list) -%}

with landed as (
    select * from {{ landed('posthog', 'events') }}
),

parsed as (
    select
        *,
        {{ texts_in_json('properties', read.values() | list) }} as told
    from landed
),

opened as (
    select
        {% for name in read -%}
        {{ nth_of('told', loop.index) }} as {{ name }},
        {% endfor -%}
        *
    from parsed
),

-- Two exports write one event's properties in another order: its values are its content.
named as (
    select
        *,
        {{ row_hash(content) }} as content_hash,
        {{ raw_values(content + ['received_at']) }} as content_values,
        {{ code_value('event') }} as name,
        replace(lower({{ code_value('event') }}), ' ', '_') as plain_name,
        coalesce({{ code_value('second_product_id') }}, {{ code_value('second_sku') }})
            as second_product
    from opened
),

-- A person is named by the event that says so, and by those after it, which the tracker marks.
typed as (
    select
        batch_id,
        landed_row,
        data_until,
        landed_at,
        content_hash as row_hash,
        content_values as raw_values,
        {{ code_value('event_id') }} as event_id,
        case
            when told is null and {{ code_value('properties') }} is not null then 'unreadable'
            when plain_name in ('$pageview', '$screen') then 'page_view'
            when plain_name = '$pageleave' then 'engagement'
            when plain_name in ('product_viewed', 'product_list_viewed') then 'product_view'
            when plain_name in ('products_searched', 'search') then 'search'
            when plain_name = 'product_added' then 'add_to_cart'
            when plain_name = 'product_removed' then 'remove_from_cart'
            when plain_name = 'checkout_started' then 'checkout_start'
            when plain_name = 'payment_info_entered' then 'payment'
            when plain_name = 'order_completed' then 'purchase'
            when plain_name in ('add_to_cart', 'remove_from_cart', 'purchase', 'login', 'sign_up')
                then plain_name
            when name is not null then 'interaction'
        end as event_type,
        coalesce({{ code_value('device_id') }}, {{ code_value('distinct_id') }}) as visitor_id,
        case
            when lower(is_identified) = 'true' or plain_name = '$identify'
                then {{ code_value('distinct_id') }}
        end as customer_id,
        case
            when second_product is null
                then coalesce(
                    {{ code_value('own_product_id') }}, {{ code_value('own_sku') }},
                    {{ code_value('first_product_id') }}, {{ code_value('first_sku') }}
                )
        end as product_id,
        {{ code_value('order_id') }} as order_id,
        upper({{ code_value('currency') }}) as currency,
        {{ redacted(text_value('page_url')) }} as page_url,
        {{ redacted("nullif(referrer, '$direct')") }} as referrer,
        {{ text_value('utm_source') }} as utm_source,
        {{ text_value('utm_medium') }} as utm_medium,
        {{ text_value('utm_campaign') }} as utm_campaign,
        lower({{ code_value('device_type') }}) as device_type,
        {{ text_value('user_agent') }} as user_agent,
        {{ redacted(text_value('search_term')) }} as search_term,
        {{ raw_values(['name', 'session_id', 'revenue']) }} as properties,
        case when second_product is null then coalesce(own_price, first_price) end as raw_price,
        case when second_product is null then coalesce(own_quantity, first_quantity) end
            as raw_quantity,
        received_at as raw_received_at,
        {{ utc_instant('occurred_at') }} as occurred_at,
        {{ utc_instant('received_at') }} as received_at
    from named
),

measured as (
    select
        *,
        {{ exact_decimal('raw_price') }} as price,
        {{ whole_number('raw_quantity') }} as quantity
    from typed
),

checked as (
    select
        *,
        coalesce(
            {{ event_reason_code() }},
            {{ unreadable(['received_at', 'quantity', 'price']) }},
            {{ after_landed(['occurred_at', 'received_at']) }}
        ) as reason_code
    from measured
),

final as (
    select
        {{ staged_facts('posthog') }},
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
        cast(null as bigint) as rating,
        price,
        occurred_at,
        received_at,
        coalesce(received_at, occurred_at) as available_at
    from checked
)

select * from final

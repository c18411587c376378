{%- set identity = [
    'visitor_id', 'event_timestamp', 'event_name', 'batch_page_id', 'batch_ordering_id',
    'batch_event_index',
] -%}
{%- set params = [
    'ga_session_id', 'ga_session_number', 'engagement_time_msec', 'page_location', 'page_referrer',
    'source', 'medium', 'campaign', 'search_term', 'currency', 'value', 'transaction_id',
] -%}
{%- set properties = [
    'name', 'ga_session_id', 'ga_session_number', 'engagement_time_msec', 'value', 'platform',
] -%}

with landed as (
    select * from {{ landed('ga4', 'events') }}
),

listed as (
    select
        *,
        {{ entries_in_json('event_params') }} as params
    from landed
),

-- What is nothing is written as a word in round brackets.
opened as (
    select
        *,
        {% for param in params -%}
        {{ entry('params', param) }} as {{ param }},
        {% endfor -%}
        {{ text_in_json('collected_traffic_source', '$.manual_source') }} as manual_source,
        {{ text_in_json('collected_traffic_source', '$.manual_medium') }} as manual_medium,
        {{ text_in_json('collected_traffic_source', '$.manual_campaign_name') }}
            as manual_campaign,
        {{ text_in_json('device', '$.category') }} as device_category,
        nullif({{ text_in_json('ecommerce', '$.transaction_id') }}, '(not set)') as sold_as,
        nullif({{ text_in_json('items', '$[0].item_id') }}, '(not set)') as first_item_id,
        nullif({{ text_in_json('items', '$[0].item_name') }}, '(not set)') as first_item_name,
        {{ text_in_json('items', '$[0].price') }} as first_price,
        {{ text_in_json('items', '$[0].quantity') }} as first_quantity,
        coalesce(
            {{ text_in_json('items', '$[1].item_id') }},
            {{ text_in_json('items', '$[1].item_name') }}
        ) as second_item
    from listed
),

-- The id is made of what tells two events of a visitor apart, and what is compared of two exports
-- of a day of what is read here: Google adds columns and attributes afterwards.
named as (
    select
        *,
        md5({{ row_text(identity) }}) as event_id,
        {{ row_hash(identity + params + [
            'customer_id', 'manual_source', 'manual_medium', 'manual_campaign', 'sold_as',
            'first_item_id', 'first_item_name', 'first_price', 'first_quantity', 'second_item',
        ]) }} as row_hash,
        {{ raw_values(identity + params + ['customer_id', 'first_price', 'first_quantity']) }}
            as raw_values,
        lower({{ code_value('event_name') }}) as name
    from opened
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        landed_at,
        row_hash,
        raw_values,
        event_id,
        {{ code_value('visitor_id') }} as visitor_id,
        {{ code_value('customer_id') }} as customer_id,
        case
            when params is null and {{ code_value('event_params') }} is not null then 'unreadable'
            when name in ('page_view', 'screen_view') then 'page_view'
            when name in ('view_item', 'view_item_list') then 'product_view'
            when name in ('search', 'view_search_results') then 'search'
            when name = 'begin_checkout' then 'checkout_start'
            when name = 'add_payment_info' then 'payment'
            when name in ('user_engagement', 'scroll') then 'engagement'
            when
                name in ('add_to_cart', 'remove_from_cart', 'purchase', 'login', 'sign_up', 'share')
                then name
            when name is not null then 'interaction'
        end as event_type,
        coalesce({{ code_value('sold_as') }}, {{ code_value('transaction_id') }}) as order_id,
        case
            when second_item is null
                then
                    coalesce({{ code_value('first_item_id') }}, {{ text_value('first_item_name') }})
        end as product_id,
        upper({{ code_value('currency') }}) as currency,
        {{ redacted(text_value('page_location')) }} as page_url,
        {{ redacted(text_value('page_referrer')) }} as referrer,
        coalesce({{ text_value('manual_source') }}, {{ text_value('source') }}) as utm_source,
        coalesce({{ text_value('manual_medium') }}, {{ text_value('medium') }}) as utm_medium,
        coalesce({{ text_value('manual_campaign') }}, {{ text_value('campaign') }})
            as utm_campaign,
        lower({{ code_value('device_category') }}) as device_type,
        {{ redacted(text_value('search_term')) }} as search_term,
        {{ raw_values(properties) }} as properties,
        case when second_item is null then first_price end as raw_price,
        case when second_item is null then first_quantity end as raw_quantity,
        {{ instant_of_micros('event_timestamp') }} as occurred_at,
        cast(null as timestamp) as received_at
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
            {{ unreadable(['quantity', 'price']) }},
            {{ after_landed(['occurred_at']) }}
        ) as reason_code
    from measured
),

final as (
    select
        {{ staged_facts('ga4') }},
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
        cast(null as string) as user_agent,
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
        occurred_at as available_at
    from checked
)

select * from final

{%- set content = [
    'event_id', 'event_name', 'event', 'app_id', 'platform', 'visitor_id', 'session_id',
    'customer_id', 'page_url', 'referrer', 'utm_source', 'utm_medium', 'utm_campaign',
    'user_agent', 'dvce_type', 'dvce_created_tstamp', 'se_category', 'se_action', 'se_label',
    'se_property', 'se_value', 'tr_order_id', 'tr_total', 'tr_currency', 'ti_order_id',
    'ti_product_id', 'ti_price', 'ti_quantity', 'ti_currency', 'ecommerce_action',
    'ecommerce_products', 'ecommerce_transaction', 'client_session',
] -%}
{%- set properties = [
    'name', 'session_id', 'action_type', 'list_name', 'revenue', 'derived_tstamp', 'se_category',
    'se_action', 'se_label', 'se_property', 'se_value',
] -%}

with landed as (
    select * from {{ landed('snowplow', 'events') }}
),

-- A web tracker keeps visitor and session in columns of their own, an app's in its client session.
-- Action, products and transaction come as JSON, as the tracker sent them; before there were such
-- actions, a transaction and each of its items were events with columns of their own.
opened as (
    select
        batch_id,
        landed_row,
        data_until,
        landed_at,
        -- An event that is sent again is collected again: its receipt is not its content.
        {{ row_hash(content) }} as row_hash,
        {{ raw_values(content + ['received_at']) }} as raw_values,
        {{ code_value('event_id') }} as event_id,
        lower(coalesce({{ code_value('event_name') }}, {{ code_value('event') }})) as name,
        {{ code_value('visitor_id') }} as web_visitor_id,
        {{ text_in_json('client_session', '$[0].userId') }} as app_visitor_id,
        coalesce(
            {{ text_value('session_id') }},
            {{ text_value(text_in_json('client_session', '$[0].sessionId')) }}
        ) as session_id,
        {{ code_value('customer_id') }} as customer_id,
        {{ redacted(text_value('page_url')) }} as page_url,
        {{ redacted(text_value('referrer')) }} as referrer,
        {{ text_value('utm_source') }} as utm_source,
        {{ text_value('utm_medium') }} as utm_medium,
        {{ text_value('utm_campaign') }} as utm_campaign,
        {{ text_value('user_agent') }} as user_agent,
        lower({{ text_value('platform') }}) as platform,
        lower({{ code_value('dvce_type') }}) as dvce_type,
        {{ text_value('derived_tstamp') }} as derived_tstamp,
        {{ redacted(text_value('se_category')) }} as se_category,
        {{ redacted(text_value('se_action')) }} as se_action,
        {{ redacted(text_value('se_label')) }} as se_label,
        {{ redacted(text_value('se_property')) }} as se_property,
        {{ text_value('se_value') }} as se_value,
        {{ text_value('ecommerce_action') }} as landed_action,
        {{ text_in_json('ecommerce_action', '$') }} as readable_action,
        lower({{ text_value(text_in_json('ecommerce_action', '$.type')) }}) as action_type,
        {{ text_value(text_in_json('ecommerce_action', '$.name')) }} as list_name,
        coalesce(
            {{ code_value(text_in_json('ecommerce_transaction', '$[0].transaction_id')) }},
            {{ code_value('tr_order_id') }},
            {{ code_value('ti_order_id') }}
        ) as order_id,
        coalesce(
            {{ text_value(text_in_json('ecommerce_transaction', '$[0].revenue')) }},
            {{ text_value('tr_total') }}
        ) as revenue,
        {{ code_value('ti_product_id') }} as item_product_id,
        coalesce({{ code_value('ti_currency') }}, {{ code_value('tr_currency') }}) as sold_currency,
        {{ text_value('ti_price') }} as item_price,
        {{ text_value('ti_quantity') }} as item_quantity,
        {{ text_in_json('ecommerce_products', '$[0].id') }} as first_product_id,
        {{ text_in_json('ecommerce_products', '$[1]') }} as second_product,
        {{ text_value(text_in_json('ecommerce_products', '$[0].currency')) }} as product_currency,
        {{ text_value(text_in_json('ecommerce_products', '$[0].price')) }} as product_price,
        {{ text_value(text_in_json('ecommerce_products', '$[0].quantity')) }} as product_quantity,
        {{ utc_instant('received_at') }} as received_at
    from landed
),

-- What an event says of a product is kept where it names one: of several, none is the product.
typed as (
    select
        *,
        case
            when landed_action is not null and readable_action is null then 'unreadable'
            when name in ('page_view', 'screen_view') then 'page_view'
            when name = 'page_ping' then 'engagement'
            when name = 'site_search' then 'search'
            when coalesce(action_type, name) in ('add_to_cart', 'remove_from_cart')
                then coalesce(action_type, name)
            when action_type in ('product_view', 'list_view') then 'product_view'
            when action_type = 'checkout_step' then 'checkout_start'
            when coalesce(action_type, name) = 'transaction' then 'purchase'
            when name is not null then 'interaction'
        end as event_type,
        case
            when dvce_type = 'computer' then 'desktop'
            else coalesce(dvce_type, case when platform = 'mob' then 'mobile' end)
        end as device_type,
        coalesce(web_visitor_id, {{ code_value('app_visitor_id') }}) as visitor_id,
        case
            when second_product is null
                then coalesce({{ code_value('first_product_id') }}, item_product_id)
        end as product_id,
        case when second_product is null then upper(coalesce(product_currency, sold_currency)) end
            as currency,
        case when second_product is null then coalesce(product_price, item_price) end as raw_price,
        case when second_product is null then coalesce(product_quantity, item_quantity) end
            as raw_quantity,
        {{ raw_values(properties) }} as properties,
        -- The collector has one clock and every device its own; the tracker's vendor cuts sessions
        -- by the collector's too.
        received_at as occurred_at
    from opened
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
        {{ staged_facts('snowplow') }},
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
        cast(null as string) as search_term,
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

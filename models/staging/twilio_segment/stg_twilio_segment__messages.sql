{%- set money = ['subtotal', 'total', 'discount', 'tax', 'shipping', 'price'] -%}

-- Every message as it landed, from the libraries' JSON or from a table of a warehouse, where names
-- of events are in snake case and the table says what kind of message its rows are.
with landed as (
    select * from {{ landed('twilio_segment', 'events') }}
),

typed as (
    select
        {{ landed_facts(
            'twilio_segment', 'events', hidden=['email_hash'], unhashed=['received_at'],
            is_written=true
        ) }},
        {{ code_value('event_id') }} as event_id,
        coalesce(
            lower({{ code_value('message_type') }}),
            case
                when event_name is not null then 'track'
                when page_path is not null then 'page'
                else 'identify'
            end
        ) as message_type,
        replace(lower({{ text_value('event_name') }}), ' ', '_') as event_name,
        {{ code_value('visitor_id') }} as visitor_id,
        {{ code_value('customer_id') }} as customer_id,
        {{ text_value('email_hash') }} as email_hash,
        {{ text_value('gender') }} as gender,
        {{ text_value('city') }} as city,
        {{ text_value('country') }} as country,
        {{ code_value('order_id') }} as order_id,
        coalesce({{ code_value('product_id') }}, {{ code_value('sku') }}) as product_id,
        products,
        {{ code_value('quantity') }} as raw_quantity,
        {{ code_value('rating') }} as raw_rating,
        {% for name in money -%}
        {{ code_value(name) }} as raw_{{ name }},
        {{ noisy_decimal(name) }} as {{ name }},
        {% endfor -%}
        {{ code_value('coupon_code') }} as coupon_code,
        upper({{ code_value('currency') }}) as currency,
        {{ redacted(text_value('search_term')) }} as search_term,
        {{ redacted(text_value('page_url')) }} as page_url,
        {{ redacted(text_value('referrer')) }} as referrer,
        {{ text_value('utm_source') }} as utm_source,
        {{ text_value('utm_medium') }} as utm_medium,
        {{ text_value('utm_campaign') }} as utm_campaign,
        case when lower({{ code_value('device_type') }}) in ('ios', 'android') then 'mobile' end
            as device_type,
        {{ text_value('user_agent') }} as user_agent,
        {{ as_landed(['signed_up_at']) }},
        {{ whole_number('quantity') }} as quantity,
        {{ whole_number('rating') }} as rating,
        {{ utc_instant('signed_up_at') }} as signed_up_at,
        {{ utc_instant('coalesce(occurred_at, original_at)') }} as told_at,
        {{ utc_instant('received_at') }} as received_at
    from landed
),

final as (
    select
        'twilio_segment' as source_name,
        batch_id,
        landed_row,
        data_until,
        landed_at,
        row_hash,
        raw_values,
        event_id,
        message_type,
        event_name,
        visitor_id,
        customer_id,
        email_hash,
        gender,
        city,
        country,
        order_id,
        product_id,
        products,
        raw_quantity,
        raw_rating,
        raw_subtotal,
        raw_total,
        raw_discount,
        raw_tax,
        raw_shipping,
        raw_price,
        coupon_code,
        currency,
        search_term,
        page_url,
        referrer,
        utm_source,
        utm_medium,
        utm_campaign,
        device_type,
        user_agent,
        raw_signed_up_at,
        quantity,
        rating,
        subtotal,
        total,
        discount,
        tax,
        shipping,
        price,
        signed_up_at,
        received_at,
        -- `timestamp` is corrected for the device's clock by less than a second's worth of network,
        -- so it may be a little later than the receipt.
        case when told_at > received_at then received_at else told_at end as occurred_at
    from typed
)

select * from final

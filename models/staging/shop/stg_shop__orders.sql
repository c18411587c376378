{%- set optional = ['promised_at', 'delivered_at', 'is_test', 'updated_at'] -%}

with landed as (
    select * from {{ landed('shop', 'orders') }}
),

typed as (
    select
        {{ landed_facts('shop', 'orders', hidden=['email_hash']) }},
        {{ as_landed(optional) }},
        {{ code_value('order_id') }} as order_id,
        {{ code_value('customer_id') }} as customer_id,
        {{ code_value('visitor_id') }} as visitor_id,
        {{ text_value('email_hash') }} as email_hash,
        lower({{ code_value('status') }}) as status,
        upper({{ code_value('currency') }}) as currency,
        {{ code_value('coupon_code') }} as coupon_code,
        {{ code_value('discount') }} as raw_discount,
        {{ exact_decimal('discount') }} as discount,
        {{ boolean_value('is_test') }} as is_test,
        {{ utc_instant('ordered_at') }} as ordered_at,
        {{ utc_instant('promised_at') }} as promised_at,
        {{ utc_instant('delivered_at') }} as delivered_at,
        {{ utc_instant('updated_at') }} as updated_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ order_reason_code() }},
            {{ unreadable(optional) }},
            {{ after_landed(['ordered_at', 'delivered_at', 'updated_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
        order_id,
        customer_id,
        visitor_id,
        email_hash,
        status,
        currency,
        coupon_code,
        coalesce(discount, 0) as discount,
        coalesce(is_test, false) as is_test,
        ordered_at,
        promised_at,
        delivered_at,
        updated_at
    from checked
)

select * from final

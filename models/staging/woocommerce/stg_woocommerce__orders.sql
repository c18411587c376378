with order_heads as (
    select * from {{ ref('stg_woocommerce__order_heads') }}
),

final as (
    select
        {{ staged_facts('woocommerce') }},
        order_id,
        customer_id,
        cast(null as string) as visitor_id,
        email_hash,
        status,
        currency,
        coupon_code,
        discount,
        false as is_test,
        ordered_at,
        cast(null as timestamp) as promised_at,
        cast(null as timestamp) as delivered_at,
        updated_at
    from order_heads
)

select * from final

with order_messages as (
    select * from {{ ref('stg_twilio_segment__order_messages') }}
    where event_name <> 'order_refunded'
),

typed as (
    select
        source_name,
        row_hash,
        raw_values,
        batch_id,
        landed_row,
        data_until,
        landed_at,
        order_id,
        customer_id,
        visitor_id,
        email_hash,
        status,
        currency,
        coupon_code,
        raw_discount,
        order_discount as discount,
        ordered_at,
        case when event_name <> 'order_completed' then occurred_at end as updated_at
    from order_messages
),

checked as (
    select
        *,
        coalesce(
            {{ order_reason_code() }},
            {{ after_landed(['ordered_at', 'updated_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('twilio_segment') }},
        order_id,
        customer_id,
        visitor_id,
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
    from checked
)

select * from final

-- The shop's first purchases are of January 1997.
with purchases as (
    select
        *,
        'placed' as status,
        'USD' as currency,
        cast(null as string) as raw_discount,
        cast(0 as decimal(18, 4)) as discount
    from {{ ref('stg_cdnow__purchases') }}
),

checked as (
    select
        *,
        coalesce(
            {{ order_reason_code(first_day='1997-01-01') }},
            {{ after_landed(['ordered_at']) }}
        ) as reason_code
    from purchases
),

final as (
    select
        'cdnow' as source_name,
        row_hash,
        reason_code,
        raw_values,
        batch_id,
        landed_row,
        data_until,
        order_id,
        customer_id,
        cast(null as string) as visitor_id,
        cast(null as string) as email_hash,
        status,
        currency,
        cast(null as string) as coupon_code,
        discount,
        false as is_test,
        ordered_at,
        cast(null as timestamp) as promised_at,
        cast(null as timestamp) as delivered_at,
        cast(null as timestamp) as updated_at
    from checked
)

select * from final

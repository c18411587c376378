-- What an order was, and from when to when that was the latest known of it. Read as known at d:
-- `valid_from < d and valid_to >= d`.
with int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
),

-- A version that landed after a newer one was never the latest known: its interval has no length.
started as (
    select
        *,
        max(known_at) over (
            partition by source_name, order_id
            order by version_number
            rows between unbounded preceding and current row
        ) as valid_from
    from int_orders__versions
),

final as (
    select
        source_name,
        order_id,
        customer_id,
        visitor_id,
        email_person_id,
        status,
        currency,
        coupon_code,
        version_number,
        is_test,
        is_current,
        ordered_at,
        promised_at,
        delivered_at,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by source_name, order_id order by version_number),
            timestamp '9999-12-31 00:00:00'
        ) as valid_to
    from started
)

select * from final

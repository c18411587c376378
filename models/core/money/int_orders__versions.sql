-- Every accepted version of an order. The row with the latest `updated_at` is current, else the one
-- of the latest batch.
with landed as (
    {{ union_sources('orders') }}
),

ranked as (
    select
        *,
        row_number() over versions as version_number,
        lead(batch_id) over versions is null as is_current,
        min(batch_id) over (partition by source_name, order_id) as first_batch_id
    from landed
    where reason_code is null
    window versions as (
        partition by source_name, order_id
        order by updated_at nulls first, batch_id, landed_row
    )
),

-- Without a time of its own, a change is known when its batch was exported. What an order was when
-- it first landed is no change, so it has no time: nobody has seen it otherwise, on whatever day.
changed as (
    select
        *,
        coalesce(
            updated_at, case when batch_id > first_batch_id then data_until end
        ) as changed_at
    from ranked
),

final as (
    select
        source_name,
        order_id,
        customer_id,
        visitor_id,
        email_hash,
        -- Who bought, as long as no account with the address is known.
        case
            when customer_id is null and email_hash is not null
                then {{ email_person_id('source_name', 'email_hash') }}
        end as email_person_id,
        status,
        currency,
        coupon_code,
        discount,
        batch_id,
        version_number,
        is_test,
        is_current,
        ordered_at,
        promised_at,
        delivered_at,
        updated_at,
        changed_at,
        -- An order is known from the moment it is placed, a change of it from the change on.
        case
            when version_number = 1 then ordered_at
            else greatest(coalesce(changed_at, ordered_at), ordered_at)
        end as known_at
    from changed
)

select * from final

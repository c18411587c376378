-- Every accepted version of a customer's profile, with the instant from which it was known.
with landed as (
    {{ union_sources('customers') }}
),

ranked as (
    select
        *,
        row_number() over versions as version_number,
        lead(batch_id) over versions is null as is_current
    from landed
    where reason_code is null
    window versions as (
        partition by source_name, customer_id
        order by updated_at nulls first, batch_id, landed_row
    )
),

final as (
    select
        source_name,
        customer_id,
        email_hash,
        gender,
        income_band,
        city,
        country,
        time_zone,
        referred_by,
        birth_year,
        version_number,
        coalesce(marketing_consent, false) as has_marketing_consent,
        is_current,
        signed_up_at,
        updated_at,
        -- A profile without a time of its own is known from its sign-up, a change of it only when
        -- its batch was exported.
        coalesce(
            updated_at,
            case when version_number = 1 then signed_up_at end,
            data_until,
            signed_up_at,
            timestamp '0001-01-01 00:00:00'
        ) as known_at
    from ranked
)

select * from final

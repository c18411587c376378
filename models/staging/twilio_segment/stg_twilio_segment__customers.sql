-- Each time that a user says who they are, with an account, is a version of that account.
with messages as (
    select * from {{ ref('stg_twilio_segment__messages') }}
    where message_type = 'identify' and customer_id is not null
),

checked as (
    select
        *,
        occurred_at as updated_at,
        coalesce(
            {{ customer_reason_code() }},
            {{ unreadable(['signed_up_at']) }},
            case when {{ is_after_landed('occurred_at') }} then 'updated_after_landed' end
        ) as reason_code
    from messages
),

final as (
    select
        {{ staged_facts('twilio_segment') }},
        customer_id,
        email_hash,
        gender,
        cast(null as string) as income_band,
        city,
        country,
        cast(null as string) as time_zone,
        cast(null as string) as referred_by,
        cast(null as bigint) as birth_year,
        false as marketing_consent,
        signed_up_at,
        updated_at
    from checked
)

select * from final

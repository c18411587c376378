with landed as (
    select * from {{ landed('twilio_segment', 'erasure_requests') }}
),

typed as (
    select
        {{ landed_facts('twilio_segment', 'erasure_requests', hidden=['email_hash']) }},
        {{ code_value('customer_id') }} as customer_id,
        {{ text_value('email_hash') }} as email_hash,
        {{ utc_instant('requested_at') }} as requested_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ erasure_request_reason_code() }},
            {{ after_landed(['requested_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('twilio_segment') }},
        customer_id,
        email_hash,
        requested_at
    from checked
)

select * from final

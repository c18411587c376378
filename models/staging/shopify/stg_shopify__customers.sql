with landed as (
    select * from {{ landed('shopify', 'customers') }}
),

typed as (
    select
        {{ landed_facts('shopify', 'customers', hidden=['email_hash']) }},
        {{ as_landed(['marketing_consent']) }},
        -- The export writes '7210 for 7210, so that no spreadsheet takes it for a number.
        {{ code_value("replace(customer_id, chr(39), '')") }} as customer_id,
        {{ text_value('email_hash') }} as email_hash,
        {{ text_value('city') }} as city,
        {{ code_value('country') }} as country,
        {{ boolean_value('marketing_consent') }} as marketing_consent
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ customer_reason_code() }},
            {{ unreadable(['marketing_consent']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shopify') }},
        customer_id,
        email_hash,
        cast(null as string) as gender,
        cast(null as string) as income_band,
        city,
        country,
        cast(null as string) as time_zone,
        cast(null as string) as referred_by,
        cast(null as bigint) as birth_year,
        coalesce(marketing_consent, false) as marketing_consent,
        cast(null as timestamp) as signed_up_at,
        cast(null as timestamp) as updated_at
    from checked
)

select * from final

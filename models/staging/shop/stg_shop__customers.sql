{%- set optional = ['signed_up_at', 'birth_year', 'marketing_consent', 'updated_at'] -%}

with landed as (
    select * from {{ landed('shop', 'customers') }}
),

typed as (
    select
        {{ landed_facts('shop', 'customers', hidden=['email_hash']) }},
        {{ as_landed(optional) }},
        {{ code_value('customer_id') }} as customer_id,
        {{ text_value('email_hash') }} as email_hash,
        lower({{ code_value('gender') }}) as gender,
        {{ text_value('income_band') }} as income_band,
        {{ text_value('city') }} as city,
        {{ code_value('country') }} as country,
        {{ code_value('time_zone') }} as time_zone,
        {{ code_value('referred_by') }} as referred_by,
        {{ whole_number('birth_year') }} as birth_year,
        {{ boolean_value('marketing_consent') }} as marketing_consent,
        {{ utc_instant('signed_up_at') }} as signed_up_at,
        {{ utc_instant('updated_at') }} as updated_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ customer_reason_code() }},
            {{ unreadable(optional) }},
            {{ after_landed(['signed_up_at', 'updated_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
        customer_id,
        email_hash,
        gender,
        income_band,
        city,
        country,
        time_zone,
        referred_by,
        birth_year,
        coalesce(marketing_consent, false) as marketing_consent,
        signed_up_at,
        updated_at
    from checked
)

select * from final

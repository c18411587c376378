{%- set optional = ['opened_at', 'clicked_at', 'cost'] -%}

with landed as (
    select * from {{ landed('shop', 'contacts') }}
),

typed as (
    select
        {{ landed_facts('shop', 'contacts') }},
        {{ as_landed(optional) }},
        {{ code_value('contact_id') }} as contact_id,
        {{ code_value('campaign_id') }} as campaign_id,
        {{ code_value('customer_id') }} as customer_id,
        lower({{ code_value('channel') }}) as channel,
        {{ exact_decimal('cost') }} as cost,
        {{ utc_instant('sent_at') }} as sent_at,
        {{ utc_instant('opened_at') }} as opened_at,
        {{ utc_instant('clicked_at') }} as clicked_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ contact_reason_code() }},
            {{ unreadable(optional) }},
            {{ after_landed(['sent_at', 'opened_at', 'clicked_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
        contact_id,
        campaign_id,
        customer_id,
        channel,
        cost,
        sent_at,
        opened_at,
        clicked_at
    from checked
)

select * from final

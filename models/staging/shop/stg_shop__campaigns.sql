{%- set optional = ['ends_at', 'offer_value'] -%}

with landed as (
    select * from {{ landed('shop', 'campaigns') }}
),

typed as (
    select
        {{ landed_facts('shop', 'campaigns') }},
        {{ as_landed(optional) }},
        {{ code_value('campaign_id') }} as campaign_id,
        {{ text_value('name') }} as name,
        lower({{ code_value('kind') }}) as kind,
        {{ text_value('target_segment') }} as target_segment,
        {{ exact_decimal('offer_value') }} as offer_value,
        {{ utc_instant('starts_at') }} as starts_at,
        {{ utc_instant('ends_at') }} as ends_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ campaign_reason_code() }},
            {{ unreadable(optional) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
        campaign_id,
        name,
        kind,
        target_segment,
        offer_value,
        starts_at,
        ends_at
    from checked
)

select * from final

{%- set columns = [
    'campaign_id', 'name', 'kind', 'starts_at', 'ends_at', 'offer_value', 'target_segment',
] -%}

with landed as (
    select * from {{ landed('shop', 'campaigns') }}
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns) }} as raw_values,
        {{ text_value('campaign_id') }} as campaign_id,
        {{ text_value('name') }} as name,
        lower({{ text_value('kind') }}) as kind,
        {{ text_value('target_segment') }} as target_segment,
        try_cast(offer_value as decimal(18, 4)) as offer_value,
        {{ utc_instant('starts_at') }} as starts_at,
        {{ utc_instant('ends_at') }} as ends_at
    from landed
),

checked as (
    select
        *,
        {{ campaign_reason_code() }} as reason_code
    from typed
),

final as (
    select
        'shop' as source_name,
        row_hash,
        reason_code,
        case when reason_code is not null then {{ redacted('raw_values') }} end as raw_values,
        batch_id,
        landed_row,
        data_until,
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

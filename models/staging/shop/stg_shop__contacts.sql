{%- set columns = [
    'contact_id', 'campaign_id', 'customer_id', 'channel', 'sent_at', 'opened_at',
    'clicked_at', 'cost',
] -%}

with landed as (
    select * from {{ landed('shop', 'contacts') }}
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns) }} as raw_values,
        {{ text_value('contact_id') }} as contact_id,
        {{ text_value('campaign_id') }} as campaign_id,
        {{ text_value('customer_id') }} as customer_id,
        lower({{ text_value('channel') }}) as channel,
        {{ text_value('cost') }} as raw_cost,
        try_cast(cost as decimal(18, 4)) as cost,
        {{ utc_instant('sent_at') }} as sent_at,
        {{ utc_instant('opened_at') }} as opened_at,
        {{ utc_instant('clicked_at') }} as clicked_at
    from landed
),

checked as (
    select
        *,
        {{ contact_reason_code() }} as reason_code
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

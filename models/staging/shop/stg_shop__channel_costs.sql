{%- set columns = [
    'channel', 'day', 'cost', 'currency',
] -%}

with landed as (
    select * from {{ landed('shop', 'channel_costs') }}
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns) }} as raw_values,
        lower({{ text_value('channel') }}) as channel,
        upper({{ text_value('currency') }}) as currency,
        try_cast(cost as decimal(18, 4)) as cost,
        try_cast(day as date) as day
    from landed
),

checked as (
    select
        *,
        {{ channel_cost_reason_code() }} as reason_code
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
        channel,
        currency,
        cost,
        day
    from checked
)

select * from final

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
        landed_at,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns) }} as raw_values,
        lower({{ code_value('channel') }}) as channel,
        upper({{ code_value('currency') }}) as currency,
        {{ exact_decimal('cost') }} as cost,
        case
            when {{ matches('day', '^ *[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([ T]00:00(:00)?)? *$') }}
                then try_cast(day as date)
        end as day
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ channel_cost_reason_code() }},
            {{ after_landed(['day']) }}
        ) as reason_code
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

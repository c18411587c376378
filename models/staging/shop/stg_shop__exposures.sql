{%- set columns = [
    'experiment_id', 'arm', 'unit_id', 'exposed_at',
] -%}

with landed as (
    select * from {{ landed('shop', 'exposures') }}
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        landed_at,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns) }} as raw_values,
        {{ code_value('experiment_id') }} as experiment_id,
        {{ text_value('arm') }} as arm,
        {{ code_value('unit_id') }} as unit_id,
        {{ utc_instant('exposed_at') }} as exposed_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ exposure_reason_code() }},
            {{ after_landed(['exposed_at']) }}
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
        experiment_id,
        arm,
        unit_id,
        exposed_at
    from checked
)

select * from final

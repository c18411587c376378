{%- set columns = [
    'experiment_id', 'arm', 'weight', 'unit_kind', 'primary_metric', 'starts_at', 'ends_at',
] -%}

with landed as (
    select * from {{ landed('shop', 'experiments') }}
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns) }} as raw_values,
        {{ text_value('experiment_id') }} as experiment_id,
        {{ text_value('arm') }} as arm,
        lower({{ text_value('unit_kind') }}) as unit_kind,
        {{ text_value('primary_metric') }} as primary_metric,
        try_cast(weight as decimal(18, 4)) as weight,
        {{ utc_instant('starts_at') }} as starts_at,
        {{ utc_instant('ends_at') }} as ends_at
    from landed
),

checked as (
    select
        *,
        {{ experiment_reason_code() }} as reason_code
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
        unit_kind,
        primary_metric,
        weight,
        starts_at,
        ends_at
    from checked
)

select * from final

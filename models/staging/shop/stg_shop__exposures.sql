with landed as (
    select * from {{ landed('shop', 'exposures') }}
),

typed as (
    select
        {{ landed_facts('shop', 'exposures') }},
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
        {{ staged_facts('shop') }},
        experiment_id,
        arm,
        unit_id,
        exposed_at
    from checked
)

select * from final

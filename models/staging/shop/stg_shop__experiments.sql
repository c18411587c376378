{%- set optional = ['ends_at'] -%}

with landed as (
    select * from {{ landed('shop', 'experiments') }}
),

typed as (
    select
        {{ landed_facts('shop', 'experiments') }},
        {{ as_landed(optional) }},
        {{ code_value('experiment_id') }} as experiment_id,
        {{ text_value('arm') }} as arm,
        lower({{ code_value('unit_kind') }}) as unit_kind,
        {{ code_value('primary_metric') }} as primary_metric,
        {{ exact_decimal('weight', scale=18) }} as weight,
        {{ utc_instant('starts_at') }} as starts_at,
        {{ utc_instant('ends_at') }} as ends_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ experiment_reason_code() }},
            {{ unreadable(optional) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
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

{%- set columns = [
    'customer_id', 'email_hash', 'requested_at',
] -%}

with landed as (
    select * from {{ landed('shop', 'erasure_requests') }}
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        landed_at,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns | reject('equalto', 'email_hash') | list) }} as raw_values,
        {{ code_value('customer_id') }} as customer_id,
        {{ text_value('email_hash') }} as email_hash,
        {{ utc_instant('requested_at') }} as requested_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ erasure_request_reason_code() }},
            {{ after_landed(['requested_at']) }}
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
        customer_id,
        email_hash,
        requested_at
    from checked
)

select * from final

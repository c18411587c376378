{%- set columns = [
    'order_id', 'kind', 'amount',
] -%}

with landed as (
    select * from {{ landed('shop', 'order_charges') }}
),

typed as (
    select
        batch_id,
        landed_row,
        data_until,
        {{ row_hash(columns) }} as row_hash,
        {{ raw_values(columns) }} as raw_values,
        {{ text_value('order_id') }} as order_id,
        lower({{ text_value('kind') }}) as kind,
        try_cast(amount as decimal(18, 4)) as amount
    from landed
),

checked as (
    select
        *,
        {{ order_charge_reason_code() }} as reason_code
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
        order_id,
        kind,
        amount
    from checked
)

select * from final

-- Tax and shipping, as the latest message that told of an order has them.
with order_messages as (
    select * from {{ ref('stg_twilio_segment__order_messages') }}
    where is_latest
),

charges as (
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        'tax' as kind,
        raw_tax as raw_amount,
        tax as amount
    from order_messages
    union all
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        'shipping' as kind,
        raw_shipping as raw_amount,
        shipping as amount
    from order_messages
),

checked as (
    select
        *,
        {{ row_hash(['order_id', 'kind', 'raw_amount']) }} as row_hash,
        {{ raw_values(['order_id', 'kind', 'raw_amount']) }} as raw_values,
        {{ order_charge_reason_code() }} as reason_code
    from charges
    where raw_amount is not null and amount is distinct from 0
),

final as (
    select
        {{ staged_facts('twilio_segment') }},
        order_id,
        '1' as charge_id,
        kind,
        amount,
        true as is_by_position
    from checked
)

select * from final

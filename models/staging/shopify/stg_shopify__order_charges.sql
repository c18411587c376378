-- Tax and shipping, as an order says them of itself.
with order_heads as (
    select * from {{ ref('stg_shopify__order_heads') }}
    where is_latest
),

charges as (
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        'tax' as kind,
        raw_taxes as raw_amount,
        taxes as amount
    from order_heads
    -- Core takes the tax of an order off its sales where prices include it. One that charged it on
    -- top has nothing to take off.
    where coalesce(is_tax_included, true) or not {{ prices_include_tax('source_name') }}
    union all
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        'shipping' as kind,
        raw_shipping as raw_amount,
        shipping as amount
    from order_heads
),

checked as (
    select
        *,
        {{ order_charge_reason_code() }} as reason_code
    from charges
    where raw_amount is not null and amount is distinct from 0
),

final as (
    select
        'shopify' as source_name,
        {{ row_hash(['order_id', 'kind', 'raw_amount']) }} as row_hash,
        reason_code,
        case
            when reason_code is not null then {{ raw_values(['order_id', 'kind', 'raw_amount']) }}
        end as raw_values,
        batch_id,
        landed_row,
        data_until,
        order_id,
        '1' as charge_id,
        kind,
        amount,
        true as is_by_position
    from checked
)

select * from final

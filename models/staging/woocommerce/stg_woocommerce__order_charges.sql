-- Tax and shipping, as an order says them of itself. Its lines are without tax, so there is none to
-- take out of sales.
with order_heads as (
    select * from {{ ref('stg_woocommerce__order_heads') }}
    where is_latest and not is_report
),

charges as (
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        'tax' as kind,
        raw_tax as raw_amount
    from order_heads
    where not {{ prices_include_tax('source_name') }}
    union all
    select
        batch_id,
        landed_row,
        data_until,
        order_id,
        'shipping' as kind,
        raw_shipping as raw_amount
    from order_heads
),

typed as (
    select
        *,
        {{ exact_decimal('raw_amount') }} as amount
    from charges
    where raw_amount is not null
),

checked as (
    select
        *,
        {{ row_hash(['order_id', 'kind', 'raw_amount']) }} as row_hash,
        {{ raw_values(['order_id', 'kind', 'raw_amount']) }} as raw_values,
        {{ order_charge_reason_code() }} as reason_code
    from typed
    where amount is distinct from 0
),

final as (
    select
        {{ staged_facts('woocommerce') }},
        order_id,
        '1' as charge_id,
        kind,
        amount,
        true as is_by_position
    from checked
)

select * from final

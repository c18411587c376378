with landed as (
    select * from {{ landed('shop', 'refunds') }}
),

typed as (
    select
        {{ landed_facts('shop', 'refunds') }},
        {{ code_value('refund_id') }} as refund_id,
        {{ code_value('order_id') }} as order_id,
        {{ code_value('customer_id') }} as customer_id,
        {{ code_value('product_id') }} as product_id,
        upper({{ code_value('currency') }}) as currency,
        {{ redacted(text_value('reason')) }} as reason,
        {{ code_value('quantity') }} as raw_quantity,
        {{ code_value('amount') }} as raw_amount,
        {{ whole_number('quantity') }} as quantity,
        {{ exact_decimal('amount') }} as amount,
        {{ utc_instant('refunded_at') }} as refunded_at
    from landed
),

checked as (
    select
        *,
        coalesce(
            {{ refund_reason_code() }},
            {{ after_landed(['refunded_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shop') }},
        refund_id,
        order_id,
        customer_id,
        product_id,
        currency,
        reason,
        quantity,
        amount,
        refunded_at
    from checked
)

select * from final

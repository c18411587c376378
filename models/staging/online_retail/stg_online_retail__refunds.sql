-- A credit note names no order: core finds the order line it takes back.
with invoice_lines as (
    select * from {{ ref('stg_online_retail__invoice_lines') }}
    where is_refund
),

typed as (
    select
        *,
        concat(invoice_id, '-', line_number) as refund_id,
        cast(null as string) as order_id,
        'GBP' as currency,
        cast(null as string) as raw_amount,
        -- A quantity out of range is not negated: the lowest bigint has no positive counterpart.
        case
            when quantity between -{{ largest_quantity() }} and {{ largest_quantity() }}
                then -quantity
        end as refunded_quantity,
        -{{ line_amount('unit_price', 'quantity') }} as amount,
        invoiced_at as refunded_at
    from invoice_lines
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
        'online_retail' as source_name,
        row_hash,
        case when is_superseded then 'invoice_in_later_file' else reason_code end as reason_code,
        raw_values,
        batch_id,
        landed_row,
        data_until,
        refund_id,
        order_id,
        customer_id,
        product_id,
        currency,
        cast(null as string) as reason,
        refunded_quantity as quantity,
        amount,
        refunded_at
    from checked
)

select * from final

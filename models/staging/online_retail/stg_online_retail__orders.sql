-- An invoice that does not start with C is an order. Every line repeats the invoice's own facts;
-- the first line that landed speaks for it.
with invoice_lines as (
    select * from {{ ref('stg_online_retail__invoice_lines') }}
    where not is_refund
),

invoices as (
    select
        batch_id,
        invoice_id as order_id,
        min(landed_row) as landed_row,
        max(data_until) as data_until,
        max(landed_at) as landed_at,
        min_by(customer_id, landed_row) as customer_id,
        min_by(invoiced_at, landed_row) as ordered_at,
        min_by(row_hash, landed_row) as row_hash,
        min_by(raw_values, landed_row) as raw_values,
        bool_or(is_superseded) as is_superseded
    from invoice_lines
    group by batch_id, invoice_id
),

typed as (
    select
        *,
        'placed' as status,
        'GBP' as currency,
        cast(null as string) as raw_discount,
        cast(0 as decimal(18, 4)) as discount
    from invoices
),

checked as (
    select
        *,
        coalesce(
            {{ order_reason_code() }},
            {{ after_landed(['ordered_at']) }}
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
        order_id,
        customer_id,
        cast(null as string) as visitor_id,
        cast(null as string) as email_hash,
        status,
        currency,
        cast(null as string) as coupon_code,
        discount,
        false as is_test,
        ordered_at,
        cast(null as timestamp) as promised_at,
        cast(null as timestamp) as delivered_at,
        cast(null as timestamp) as updated_at
    from checked
)

select * from final

-- Every StockCode counts, postage and manual lines too.
with invoice_lines as (
    select * from {{ ref('stg_online_retail__invoice_lines') }}
    where not is_refund
),

typed as (
    select
        *,
        invoice_id as order_id,
        cast(null as string) as raw_amount,
        cast(line_number as string) as raw_line_number,
        cast(null as string) as raw_discount,
        cast(null as decimal(18, 4)) as charged_amount,
        {{ line_amount('unit_price', 'quantity') }} as amount,
        cast(0 as decimal(18, 4)) as discount,
        -- The invoice of the latest batch has all of its lines: earlier ones are rejected below.
        false as is_by_position
    from invoice_lines
),

checked as (
    select
        *,
        {{ order_line_reason_code() }} as reason_code
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
        product_id,
        line_number,
        quantity,
        unit_price,
        amount,
        discount,
        is_by_position
    from checked
)

select * from final

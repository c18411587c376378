-- The one landed table: each row is a line of an invoice, or of a credit note (C...). The other
-- models of this folder each take their part of it.
with landed as (
    select * from {{ landed('online_retail', 'invoice_lines') }}
),

typed as (
    select
        -- Two lines of one invoice may be equal and both real: the position tells them apart.
        {{ landed_facts('online_retail', 'invoice_lines', is_written=true) }},
        {{ code_value('invoice') }} as invoice_id,
        upper({{ code_value('stock_code') }}) as product_id,
        {{ text_value('description') }} as product_name,
        {{ text_value('country') }} as country,
        -- The files carry customer numbers as decimals ('17850.0').
        case
            when {{ matches('customer_id', '^ *[0-9]+[.]0+ *$') }}
                then trim(split_part(customer_id, '.', 1))
            else {{ code_value('customer_id') }}
        end as customer_id,
        {{ code_value('quantity') }} as raw_quantity,
        {{ code_value('price') }} as raw_unit_price,
        {{ whole_number('quantity') }} as quantity,
        {{ exact_decimal('price', 8) }} as unit_price,
        -- The shop wrote down its own wall clock.
        {{ utc_from_local('invoice_date', 'Europe/London') }} as invoiced_at
    from landed
),

placed as (
    select
        *,
        row_number() over (partition by batch_id, invoice_id order by landed_row) as line_number,
        -- An invoice that lands again, in a file that overlaps, counts from the later batch.
        coalesce(
            batch_id < max(batch_id) over (partition by invoice_id) and invoice_id is not null,
            false
        ) as is_superseded
    from typed
),

final as (
    select
        row_hash,
        raw_values,
        batch_id,
        landed_row,
        data_until,
        landed_at,
        invoice_id,
        line_number,
        product_id,
        product_name,
        country,
        customer_id,
        raw_quantity,
        raw_unit_price,
        quantity,
        unit_price,
        is_superseded,
        coalesce(upper(invoice_id) like 'C%', false) as is_refund,
        invoiced_at
    from placed
)

select * from final

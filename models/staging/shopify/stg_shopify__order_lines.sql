-- Each row of the export is a line, and so is each line item of an order from the Admin API. They
-- are known by their place: a later landing of an order brings all of them. What an order of the
-- export was paid beyond its lines is one more, which is rejected: it is not there.
with export_rows as (
    select * from {{ ref('stg_shopify__export_rows') }}
),

api_lines as (
    select * from {{ ref('stg_shopify__api_lines') }}
),

lines as (
    select
        batch_id,
        landed_row,
        data_until,
        line_hash as row_hash,
        raw_line as raw_values,
        order_id,
        product_id,
        raw_quantity,
        raw_unit_price,
        raw_discount,
        line_number,
        quantity,
        unit_price,
        discount,
        has_own_discounts,
        cast(null as decimal(18, 4)) as lacking_amount
    from export_rows
    union all
    select
        batch_id,
        landed_row,
        data_until,
        row_hash,
        raw_values,
        order_id,
        product_id,
        raw_quantity,
        raw_unit_price,
        raw_discount,
        line_number,
        quantity,
        unit_price,
        discount,
        true as has_own_discounts,
        cast(null as decimal(18, 4)) as lacking_amount
    from api_lines
    union all
    select
        batch_id,
        landed_row,
        data_until,
        order_hash as row_hash,
        raw_order as raw_values,
        order_id,
        cast(null as string) as product_id,
        cast(null as string) as raw_quantity,
        cast(null as string) as raw_unit_price,
        cast(null as string) as raw_discount,
        line_count + 1 as line_number,
        cast(null as bigint) as quantity,
        cast(null as decimal(21, 8)) as unit_price,
        cast(null as decimal(18, 4)) as discount,
        false as has_own_discounts,
        lacking_amount
    from export_rows
    where lacking_amount is not null
),

typed as (
    select
        *,
        cast(line_number as string) as raw_line_number,
        cast(null as string) as raw_amount,
        cast(null as decimal(18, 4)) as charged_amount,
        coalesce(lacking_amount, {{ line_amount('unit_price', 'quantity') }}) as amount
    from lines
),

checked as (
    select
        *,
        case
            when lacking_amount is not null then 'unmet_subtotal'
            else {{ order_line_reason_code() }}
        end as reason_code
    from typed
),

final as (
    select
        {{ staged_facts('shopify') }},
        order_id,
        product_id,
        line_number,
        quantity,
        unit_price,
        amount,
        case when has_own_discounts then coalesce(discount, 0) else 0 end as discount,
        true as is_by_position
    from checked
)

select * from final

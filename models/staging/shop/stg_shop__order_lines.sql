with landed as (
    select * from {{ landed('shop', 'order_lines') }}
),

typed as (
    select
        {{ landed_facts('shop', 'order_lines') }},
        {{ code_value('order_id') }} as order_id,
        {{ code_value('product_id') }} as product_id,
        {{ code_value('line_number') }} as raw_line_number,
        {{ code_value('quantity') }} as raw_quantity,
        {{ code_value('unit_price') }} as raw_unit_price,
        {{ code_value('amount') }} as raw_amount,
        {{ code_value('discount') }} as raw_discount,
        {{ whole_number('line_number') }} as numbered,
        {{ whole_number('quantity') }} as quantity,
        {{ exact_decimal('unit_price', 8) }} as unit_price,
        {{ exact_decimal('amount') }} as charged_amount,
        {{ exact_decimal('discount') }} as discount
    from landed
),

-- Where no line of an order in the batch has a number, each is known by its place. One that lacks
-- it beside others that have it has lost it.
placed as (
    select
        *,
        coalesce(charged_amount, {{ line_amount('unit_price', 'quantity') }}) as amount,
        max(raw_line_number) over (partition by batch_id, order_id) is null as is_by_position,
        row_number() over (partition by batch_id, order_id order by landed_row) as place
    from typed
),

keyed as (
    select
        *,
        case when is_by_position then place else numbered end as line_number
    from placed
),

checked as (
    select
        *,
        {{ order_line_reason_code() }} as reason_code
    from keyed
),

final as (
    select
        {{ staged_facts('shop') }},
        order_id,
        product_id,
        line_number,
        quantity,
        {{ unit_price_of('unit_price', 'amount', 'quantity') }} as unit_price,
        amount,
        coalesce(discount, 0) as discount,
        is_by_position
    from checked
)

select * from final

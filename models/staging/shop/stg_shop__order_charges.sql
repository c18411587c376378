with landed as (
    select * from {{ landed('shop', 'order_charges') }}
),

typed as (
    select
        {{ landed_facts('shop', 'order_charges') }},
        {{ code_value('order_id') }} as order_id,
        {{ code_value('charge_id') }} as given_id,
        lower({{ code_value('kind') }}) as kind,
        {{ code_value('amount') }} as raw_amount,
        {{ exact_decimal('amount') }} as amount
    from landed
),

-- A charge without an id is known by its place among such charges of its order and kind in the
-- batch: two gift cards pay one order.
placed as (
    select
        *,
        given_id is null as is_by_position,
        coalesce(
            given_id,
            cast(
                row_number() over (
                    partition by batch_id, order_id, kind, given_id is null
                    order by landed_row
                ) as string
            )
        ) as charge_id
    from typed
),

checked as (
    select
        *,
        {{ order_charge_reason_code() }} as reason_code
    from placed
),

final as (
    select
        {{ staged_facts('shop') }},
        order_id,
        charge_id,
        kind,
        amount,
        is_by_position
    from checked
)

select * from final

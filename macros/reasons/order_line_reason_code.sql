{#- Why an order line is rejected: the first reason that applies, else null. Expects
    raw_line_number, raw_quantity, raw_unit_price, raw_amount and raw_discount as landed,
    charged_amount as read, and amount. A line of a quantity of 0 or less sells nothing; money back
    is a refund. Where amount and price differ by more than the price's rounding, one of the two
    columns is mapped to something else. -#}
{% macro order_line_reason_code() -%}
    case
        when order_id is null then 'missing_order_id'
        when line_number is null and raw_line_number is null then 'missing_line_number'
        when line_number is null then 'invalid_line_number'
        when product_id is null then 'missing_product_id'
        when quantity is null then {{ quantity_reason_code('raw_quantity') }}
        when quantity <= 0 then 'non_positive_quantity'
        when quantity > {{ largest_quantity() }} then 'quantity_out_of_range'
        when raw_unit_price is null and raw_amount is null then 'missing_price'
        when raw_unit_price is not null and unit_price is null
            then {{ amount_reason_code('raw_unit_price', 'invalid_price') }}
        when unit_price < 0 then 'negative_price'
        when raw_amount is not null and charged_amount is null
            then {{ amount_reason_code('raw_amount', 'invalid_amount') }}
        when amount < 0 then 'negative_amount'
        when amount is null or amount > {{ largest_amount() }} then 'amount_out_of_range'
        when
            charged_amount is not null and unit_price is not null
            and coalesce(
                abs(charged_amount - {{ line_amount('unit_price', 'quantity') }})
                > greatest(0.005 * quantity, 0.01 * charged_amount),
                true
            )
            then 'amount_not_price_times_quantity'
        when
            raw_discount is not null
            and (discount is null or discount < 0 or discount > amount)
            then 'invalid_discount'
    end
{%- endmacro %}

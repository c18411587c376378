{#- Why an order line is rejected: the first reason that applies, else null. Expects raw_discount
    as landed. A line of a quantity of 0 or less sells nothing; money back is a refund. -#}
{% macro order_line_reason_code() -%}
    case
        when order_id is null then 'missing_order_id'
        when line_number is null then 'missing_line_number'
        when product_id is null then 'missing_product_id'
        when quantity is null then 'invalid_quantity'
        when quantity <= 0 then 'non_positive_quantity'
        when unit_price is null then 'invalid_price'
        when unit_price < 0 then 'negative_price'
        when
            raw_discount is not null
            and (discount is null or discount < 0 or discount > quantity * unit_price)
            then 'invalid_discount'
    end
{%- endmacro %}

{#- Why text could not be read as a quantity: it has more digits than a whole number has room for, or
    is no whole number. -#}
{% macro quantity_reason_code(text) -%}
    case
        when {{ matches(text, '^[+-]?[0-9]{19,}([.]0*)?$') }} then 'quantity_out_of_range'
        else 'invalid_quantity'
    end
{%- endmacro %}

{#- Why text could not be kept as an amount: it is above the bound of all amounts, 1e12 in the row's
    own currency, or it is no exact number, for which `otherwise` is the reason. Asked only of text
    that `exact_decimal` made null. -#}
{% macro amount_reason_code(text, otherwise) -%}
    case
        when {{ matches(text, '^ *[+-]?0*[1-9][0-9]{12,}([.][0-9]*)? *$') }} then 'amount_out_of_range'
        else '{{ otherwise }}'
    end
{%- endmacro %}

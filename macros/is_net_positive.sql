{#- Whether sums of an order's sale lines leave net sales above 0. Judged in the order's own
    currency where there is one only: a refund in full at another day's rate leaves a difference in
    the base currency that is no sale. Where there are several, more has to be left than rates lie
    apart. -#}
{% macro is_net_positive(native_net_sales, net_sales, sold_amount, is_of_one_currency) -%}
    case
        when {{ is_of_one_currency }} then {{ native_net_sales }} > 0
        else not {{ is_all_back(net_sales, sold_amount) }}
    end
{%- endmacro %}

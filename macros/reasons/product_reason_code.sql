{#- Why a product is rejected: the first reason that applies, else null. -#}
{% macro product_reason_code() -%}
    case
        when product_id is null then 'missing_product_id'
    end
{%- endmacro %}

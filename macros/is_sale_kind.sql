{#- Whether a ledger line of that kind is part of net sales. Tax, shipping and gift cards are not. -#}
{% macro is_sale_kind(kind) -%}
    {{ kind }} in ('item', 'discount', 'refund', 'cancellation')
{%- endmacro %}

{#- Whether money in this currency can be turned into the base currency: it is the base itself, or
    the seed exchange_rates holds its rates in it. -#}
{% macro is_known_currency(currency) -%}
    coalesce(
        {{ currency }} = {{ setting('base_currency') }}
        or {{ currency }} in (
            select r.currency from {{ ref('exchange_rates') }} as r
            where r.base_currency = {{ setting('base_currency') }}
        ), false
    )
{%- endmacro %}

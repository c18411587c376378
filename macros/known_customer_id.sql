{#- Whose something was: the customer named on it, else whom its visitor was known as at that
    instant, unless the device was shared by then. `interval` is a row of the identity map. -#}
{% macro known_customer_id(named_customer_id, instant, interval='i') -%}
    case
        when {{ named_customer_id }} is not null then {{ named_customer_id }}
        when {{ interval }}.shared_from is null or {{ instant }} < {{ interval }}.shared_from
            then {{ interval }}.customer_id
    end
{%- endmacro %}

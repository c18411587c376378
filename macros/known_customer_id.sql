{#- The customer that a row counts for: the one it names, else the one whom the identity map gives
    its visitor at that instant; null on a device that is shared by then. `interval` is the alias of
    a row of the identity map. -#}
{% macro known_customer_id(named_customer_id, instant, interval='i') -%}
    case
        when {{ named_customer_id }} is not null then {{ named_customer_id }}
        when {{ interval }}.shared_from is null or {{ instant }} < {{ interval }}.shared_from
            then {{ interval }}.customer_id
    end
{%- endmacro %}

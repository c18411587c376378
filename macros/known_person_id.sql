{#- The person that something counts for: the known customer, else the visitor; nobody where a
    shared device did it without a name. `interval` is a row of the identity map. -#}
{% macro known_person_id(source_name, named_customer_id, visitor_id, instant, interval='i') -%}
    {%- set customer_id = 'coalesce(' ~ named_customer_id ~ ', ' ~ interval ~ '.customer_id)' -%}
    case
        when {{ named_customer_id }} is null and {{ instant }} >= {{ interval }}.shared_from then null
        else {{ person_id(source_name, customer_id, visitor_id) }}
    end
{%- endmacro %}

{#- A person: the known customer, else the visitor, in forms that can never collide. -#}
{% macro person_id(source_name, customer_id, visitor_id) -%}
    case
        when {{ customer_id }} is not null then concat('c:', {{ source_name }}, ':', {{ customer_id }})
        when {{ visitor_id }} is not null then concat('v:', {{ source_name }}, ':', {{ visitor_id }})
    end
{%- endmacro %}

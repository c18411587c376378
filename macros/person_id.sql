{#- A person: the known customer, else the buyer with an e-mail address (as `email_person_id` tells),
    else the visitor, in forms that can never collide. -#}
{% macro person_id(source_name, customer_id, visitor_id, email_person_id=none) -%}
    case
        when {{ customer_id }} is not null then concat('c:', {{ source_name }}, ':', {{ customer_id }})
        {%- if email_person_id is not none %}
        when {{ email_person_id }} is not null then {{ email_person_id }}
        {%- endif %}
        when {{ visitor_id }} is not null then concat('v:', {{ source_name }}, ':', {{ visitor_id }})
    end
{%- endmacro %}

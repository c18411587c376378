{#- The person that a row counts for: the customer it names, else the buyer with its e-mail address,
    else whomever the identity map gives its visitor at that instant, else the visitor; null on a
    shared device where the row names nobody. `interval` is the alias of a row of the identity map.
    -#}
{% macro known_person_id(
    source_name, named_customer_id, visitor_id, instant, email_person_id=none, interval='i'
) -%}
    {%- set is_unnamed = named_customer_id ~ ' is null' -%}
    {%- set customer_id = 'coalesce(' ~ named_customer_id ~ ', ' ~ interval ~ '.customer_id)' -%}
    {%- set mailed = interval ~ '.person_id' -%}
    {%- if email_person_id is not none -%}
        {%- set mailed = 'coalesce(' ~ email_person_id ~ ', ' ~ mailed ~ ')' -%}
    {%- endif -%}
    case
        when {{ is_unnamed }} and {{ instant }} >= {{ interval }}.shared_from
            then {{ email_person_id if email_person_id is not none else 'null' }}
        else {{ person_id(source_name, customer_id, visitor_id, mailed) }}
    end
{%- endmacro %}

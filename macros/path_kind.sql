{#- Where an event stands on a path: its kind of page, but a purchase is a place of its own, whatever
    page tells of it. -#}
{% macro path_kind() -%}
    case when event_type = 'purchase' then 'purchase' else page_kind end
{%- endmacro %}

{#- Text as a boolean; null unless it is one of the ten words that say one. -#}
{% macro boolean_value(text) -%}
    case
        when lower(trim({{ text }})) in ('true', 't', 'yes', 'y', '1') then true
        when lower(trim({{ text }})) in ('false', 'f', 'no', 'n', '0') then false
    end
{%- endmacro %}

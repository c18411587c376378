{#- Text of a day, or of a day and a time with minutes; null for any other. Spark reads a year as its
    first day, a time as one of today, and an hour as a full one. -#}
{% macro with_minutes(text) -%}
    case
        when {{ matches(text, '^ *-?[0-9]{4,6}-[0-9]{1,2}-[0-9]{1,2}([ T][0-9]{1,2}:[0-9]{1,2}| *$)') }}
            then {{ text }}
    end
{%- endmacro %}

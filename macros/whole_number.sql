{#- Text as a bigint; null unless it is written as a whole number ('1.5' must not round to 2). -#}
{% macro whole_number(text) -%}
    case
        when {{ matches(text, '^ *[+-]?[0-9]+([.]0*)? *$') }}
            then try_cast(split_part({{ text }}, '.', 1) as bigint)
    end
{%- endmacro %}

{#- The amount that a person would read in a text: 1,249.00 and 1.249,00 and £1,249 are 1249, 12,5
    is 12.5. Only a guess of what a rejected row was worth: what counts is never read like this. -#}
{% macro lenient_decimal(text) -%}
    {%- set number = "translate(" ~ number_text(text) ~ ", ' ’''\u00a0\u202f', '')" -%}
    {#- Of two kinds of separator the last one divides; of one kind a single comma does, unless three
        digits follow it, and a single dot does. -#}
    {%- set from_comma = "instr(reverse(" ~ number ~ "), ',')" -%}
    {%- set from_dot = "instr(reverse(" ~ number ~ "), '.')" -%}
    {%- set has_one_comma = "length(" ~ number ~ ") - length(replace(" ~ number ~ ", ',', '')) = 1" -%}
    {%- set has_dots = "length(" ~ number ~ ") - length(replace(" ~ number ~ ", '.', '')) > 1" -%}
    try_cast(
        case
            when {{ from_dot }} > 0 and {{ from_comma }} > {{ from_dot }} then replace({{ number }}, ',', '')
            when {{ from_comma }} > 0 and {{ from_dot }} > {{ from_comma }}
                then replace(replace({{ number }}, '.', ''), ',', '.')
            when {{ has_one_comma }} and {{ from_comma }} <> 4 then replace({{ number }}, ',', '.')
            when {{ has_dots }} then replace({{ number }}, '.', '')
            else replace({{ number }}, ',', '')
        end as decimal(18, 4)
    )
{%- endmacro %}

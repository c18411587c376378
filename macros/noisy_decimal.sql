{#- Text as a decimal, where programs computed it as a float: '59.97' is that, '0.30000000000000004'
    is 0.3, since what stands behind the scale is less than a float can tell; null where it is more
    (0.12345), and where `exact_decimal` has none for another reason. -#}
{% macro noisy_decimal(text) -%}
    {%- set number = 'try_cast(' ~ text ~ ' as double)' -%}
    coalesce(
        {{ exact_decimal(text) }},
        case
            when
                {{ matches(text, '^ *[+-]?[0-9]{1,9}[.][0-9]{9,} *$') }}
                and abs({{ number }} - round({{ number }}, 4)) < 0.0000001
                then cast(round({{ number }}, 4) as decimal(18, 4))
        end
    )
{%- endmacro %}

{#- Text as a decimal that is exactly the number written; null where the text is no plain number
    ('1,249.00', '1_000', '1e3'), has more decimals than `scale` (zeros at the end do not count), or
    is above 1e12. A cast alone reads the last two as numbers and rounds in silence. -#}
{% macro exact_decimal(text, scale=4) -%}
    {%- set decimals = '[.][0-9]{0,' ~ scale ~ '}0*' -%}
    case
        when
            {{ matches(
                text,
                '^ *[+-]?(0*([0-9]{1,12}(' ~ decimals ~ ')?|10{12}([.]0*)?)|' ~ decimals ~ ') *$'
            ) }}
            then try_cast({{ text }} as decimal({{ [18, 13 + scale] | max }}, {{ scale }}))
    end
{%- endmacro %}

{#- The amount that a person would read in a text: 1,249.00 and 1.249,00 and £1,249 are 1249, 12,5
    is 12.5; null where there is no number, or more than one. Used only to guess what a rejected row
    was worth: amounts of accepted rows are never read like this. -#}
{% macro lenient_decimal(text) -%}
    {{ adapter.dispatch('lenient_decimal', 'stayhouse')(text) }}
{%- endmacro %}

{#- With both separators the last one is the decimal point; a single kind is, unless exactly three
    digits follow it. Blanks, non-breaking ones too, and apostrophes separate thousands. -#}
{% macro lenient_patterns() -%}
    {{ return({
        'number': "'^[^0-9-]*(-?[0-9]([0-9., ’''\u00a0\u202f]*[0-9])?)[^0-9]*$'",
        'has_decimals': "([.,]([0-9]{1,2}|[0-9]{4,})|[.].*,[0-9]{3}|,.*[.][0-9]{3})$",
        'whole': "'^(.*)[.,]'",
        'decimals': "'([0-9]+)$'",
        'other': "'[^0-9-]'",
    }) }}
{%- endmacro %}

{% macro duckdb__lenient_decimal(text) -%}
    {%- set p = lenient_patterns() -%}
    {%- set number = 'regexp_extract(' ~ text ~ ', ' ~ p.number ~ ', 1)' -%}
    try_cast(
        case
            when {{ matches(number, p.has_decimals) }}
                then concat(
                    regexp_replace(regexp_extract({{ number }}, {{ p.whole }}, 1), {{ p.other }}, '', 'g'),
                    '.', regexp_extract({{ number }}, {{ p.decimals }}, 1)
                )
            else regexp_replace({{ number }}, {{ p.other }}, '', 'g')
        end as decimal(18, 4)
    )
{%- endmacro %}

{% macro spark__lenient_decimal(text) -%}
    {%- set p = lenient_patterns() -%}
    {%- set number = 'regexp_extract(' ~ text ~ ', ' ~ p.number | replace("''", "\\'") ~ ', 1)' -%}
    try_cast(
        case
            when {{ matches(number, p.has_decimals) }}
                then concat(
                    regexp_replace(regexp_extract({{ number }}, {{ p.whole }}, 1), {{ p.other }}, ''),
                    '.', regexp_extract({{ number }}, {{ p.decimals }}, 1)
                )
            else regexp_replace({{ number }}, {{ p.other }}, '')
        end as decimal(18, 4)
    )
{%- endmacro %}

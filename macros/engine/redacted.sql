{#- Free text without what looks like an e-mail address or a telephone number: people write them
    where nobody asks for them. Numbers are found in international form, in the national forms with
    a leading 0 and blanks, in the North American and in the Chinese mobile one. JSON may write the
    character before a number as an escape (\u4f60), which is kept. -#}
{% macro redacted(text) -%}
    {{ adapter.dispatch('redacted', 'stayhouse')(text) }}
{%- endmacro %}

{% macro email_pattern() -%}
    '[A-Za-z0-9._+-]+(@|%40)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}'
{%- endmacro %}

{% macro phone_pattern() -%}
    '(?:\+|%2B|\b00)[1-9][0-9]{0,2}[ ()./-]{0,2}[0-9][0-9 ()./-]{5,}[0-9]|\b0[0-9]{2,4}[ /][0-9][0-9 ]{4,}[0-9]|\(?\b[0-9]{3}\)?[ .-][0-9]{3}[ .-][0-9]{4}\b|(\\u[0-9a-fA-F]{4}|\b)1[3-9][0-9]{9}\b'
{%- endmacro %}

{#- The first test is cheap, and most text fails it. -#}
{% macro duckdb__redacted(text) -%}
    case
        when regexp_matches({{ text }}, '@|%40|[0-9][0-9 ()./-]{5,}[0-9]')
            then regexp_replace(
                regexp_replace({{ text }}, {{ email_pattern() }}, '[email]', 'g'),
                {{ phone_pattern() }}, '\1[phone]', 'g'
            )
        else {{ text }}
    end
{%- endmacro %}

{#- In Java `\b` takes letters of every script for parts of a word, so that a number right behind a
    Chinese letter would not be found. -#}
{% macro spark__redacted(text) -%}
    {%- set word = '[0-9A-Za-z_]' -%}
    {%- set edge = '(?:(?<=' ~ word ~ ')(?!' ~ word ~ ')|(?<!' ~ word ~ ')(?=' ~ word ~ '))' -%}
    regexp_replace(
        regexp_replace({{ text }}, {{ email_pattern() | replace('\\', '\\\\') }}, '[email]'),
        {{ phone_pattern() | replace('\\b', edge) | replace('\\', '\\\\') }}, '$1[phone]'
    )
{%- endmacro %}

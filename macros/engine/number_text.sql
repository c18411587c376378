{#- The one number that a text holds, with its separators: `1,249.00` of `GBP 1,249.00`. Nothing (an
    empty text or null) where there is none, or more than one, as in `1e400` and `1/2`. -#}
{% macro number_text(text) -%}
    {{ adapter.dispatch('number_text', 'stayhouse')(text) }}
{%- endmacro %}

{#- A blank, also one that does not break, or an apostrophe stands between thousands. -#}
{% macro number_pattern() -%}
    '^[^0-9-]*(-?[0-9](?:[0-9.,’\x27\x20\xA0\u202F]*[0-9])?)[^0-9]*$'
{%- endmacro %}

{% macro duckdb__number_text(text) -%}
    regexp_extract({{ text }}, {{ number_pattern() | replace('\\u202F', '\\x{202F}') }}, 1)
{%- endmacro %}

{% macro spark__number_text(text) -%}
    regexp_extract({{ text }}, {{ number_pattern() | replace('\\', '\\\\') }}, 1)
{%- endmacro %}

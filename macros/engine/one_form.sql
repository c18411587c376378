{#- An id in its one form, as landing gives it: in NFC, and a whole number without the `.0` of a
    float. -#}
{% macro one_form(text) -%}
    {{ adapter.dispatch('one_form', 'stayhouse')(text) }}
{%- endmacro %}

{% macro duckdb__one_form(text) -%}
    nfc_normalize(regexp_replace({{ text }}, '^(-?(?:0|[1-9][0-9]*))\.0$', '\1'))
{%- endmacro %}

{#- Spark has no NFC: there the loader's form stays. Java's `$` stands before a last line break too. -#}
{% macro spark__one_form(text) -%}
    regexp_replace({{ text }}, '^(-?(?:0|[1-9][0-9]*))\\.0\\z', '$1')
{%- endmacro %}

{#- Whether a text holds a match of a regular expression, given as it is. -#}
{% macro matches(text, pattern) -%}
    {{ adapter.dispatch('matches', 'stayhouse')(text, "'" ~ pattern ~ "'") }}
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{#- A backslash is an escape in Spark's literals. -#}
{% macro spark__matches(text, pattern) -%}
    ({{ text }} rlike {{ pattern | replace('\\', '\\\\') }})
{%- endmacro %}

{#- Whether a text holds a match of a regular expression; the pattern may be a column. -#}
{% macro matches(text, pattern) -%}
    {{ adapter.dispatch('matches', 'stayhouse')(text, "'" ~ pattern ~ "'") }}
{%- endmacro %}

{% macro matches_column(text, pattern_column) -%}
    {{ adapter.dispatch('matches', 'stayhouse')(text, pattern_column) }}
{%- endmacro %}

{% macro duckdb__matches(text, pattern) -%}
    regexp_matches({{ text }}, {{ pattern }})
{%- endmacro %}

{% macro spark__matches(text, pattern) -%}
    ({{ text }} rlike {{ pattern }})
{%- endmacro %}

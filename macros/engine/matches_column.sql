{#- Like `matches`, for a pattern that is a column. -#}
{% macro matches_column(text, pattern_column) -%}
    {{ adapter.dispatch('matches', 'stayhouse')(text, pattern_column) }}
{%- endmacro %}

{#- An aggregate: the words of all rows in one text, by the alphabet, with commas between. -#}
{% macro joined_words(column) -%}
    {{ adapter.dispatch('joined_words', 'stayhouse')(column) }}
{%- endmacro %}

{% macro duckdb__joined_words(column) -%}
    string_agg({{ column }}, ', ' order by {{ column }})
{%- endmacro %}

{% macro spark__joined_words(column) -%}
    array_join(array_sort(collect_list({{ column }})), ', ')
{%- endmacro %}

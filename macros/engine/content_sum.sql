{#- A number that changes when a row of a group does, for a query that is grouped: it is compared only
    with what the same engine gave before. -#}
{% macro content_sum(columns) -%}
    {{ adapter.dispatch('content_sum', 'stayhouse')(columns) }}
{%- endmacro %}

{% macro duckdb__content_sum(columns) -%}
    sum(cast(hash({{ columns | join(', ') }}) as hugeint))
{%- endmacro %}

{% macro spark__content_sum(columns) -%}
    sum(cast(xxhash64({{ columns | join(', ') }}) as decimal(38, 0)))
{%- endmacro %}

{#- A column of a date or timestamp type as a naive UTC timestamp; one without a zone is read as UTC. -#}
{% macro instant_of_column(column, type) -%}
    {{ adapter.dispatch('instant_of_column', 'stayhouse')(column, type) }}
{%- endmacro %}

{% macro duckdb__instant_of_column(column, type) -%}
    cast({{ column }}{{ " at time zone 'UTC'" if type.startswith('timestamp with') }} as timestamp)
{%- endmacro %}

{#- Spark's session is in UTC. -#}
{% macro spark__instant_of_column(column, type) -%}
    cast({{ column }} as timestamp)
{%- endmacro %}

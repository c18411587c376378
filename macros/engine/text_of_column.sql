{#- A column of any type as the text that would have landed: an instant in UTC, whatever the session's
    time zone, and what is nested as JSON. -#}
{% macro text_of_column(column, type) -%}
    {{ adapter.dispatch('text_of_column', 'stayhouse')(column, type) }}
{%- endmacro %}

{% macro duckdb__text_of_column(column, type) -%}
    {%- if type.startswith('timestamp with') -%}
        cast({{ column }} at time zone 'UTC' as varchar)
    {%- elif type.startswith(('struct', 'map')) or type.endswith(']') -%}
        cast(to_json({{ column }}) as varchar)
    {%- elif type in ('varchar', 'text', 'string') -%}
        {{ column }}
    {%- else -%}
        cast({{ column }} as varchar)
    {%- endif -%}
{%- endmacro %}

{#- Spark's session is in UTC. -#}
{% macro spark__text_of_column(column, type) -%}
    {%- if type.startswith(('struct', 'map', 'array')) -%}
        to_json({{ column }}, map('ignoreNullFields', 'false'))
    {%- else -%}
        cast({{ column }} as string)
    {%- endif -%}
{%- endmacro %}

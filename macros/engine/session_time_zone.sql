{#- The time zone of the session, in which engines read a text without an offset. -#}
{% macro session_time_zone() -%}
    {{ adapter.dispatch('session_time_zone', 'stayhouse')() }}
{%- endmacro %}

{% macro duckdb__session_time_zone() -%}
    current_setting('TimeZone')
{%- endmacro %}

{% macro spark__session_time_zone() -%}
    current_timezone()
{%- endmacro %}

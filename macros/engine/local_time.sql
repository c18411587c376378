{#- A naive UTC timestamp as wall-clock time of the shop's time zone. -#}
{% macro local_time(instant) -%}
    {{ adapter.dispatch('local_time', 'stayhouse')(instant) }}
{%- endmacro %}

{% macro duckdb__local_time(instant) -%}
    ({{ instant }} at time zone 'UTC' at time zone {{ setting('time_zone') }})
{%- endmacro %}

{% macro spark__local_time(instant) -%}
    from_utc_timestamp({{ instant }}, {{ setting('time_zone') }})
{%- endmacro %}

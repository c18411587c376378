{#- A naive UTC timestamp as wall-clock time of the time zone that a column names; of the shop's
    where it names none that there is. -#}
{% macro local_time_in(instant, time_zone) -%}
    {{ adapter.dispatch('local_time_in', 'stayhouse')(instant, time_zone) }}
{%- endmacro %}

{% macro duckdb__local_time_in(instant, time_zone) -%}
    ({{ instant }} at time zone 'UTC' at time zone case
        when {{ time_zone }} in (select name from pg_timezone_names()) then {{ time_zone }}
        else {{ setting('time_zone') }}
    end)
{%- endmacro %}

{#- Spark lists no time zones, and stops at an unknown one: only what looks like one is asked. -#}
{% macro spark__local_time_in(instant, time_zone) -%}
    from_utc_timestamp({{ instant }}, case
        when {{ time_zone }} rlike '^[A-Z][A-Za-z_]+/[A-Z][A-Za-z_/-]+$' then {{ time_zone }}
        else {{ setting('time_zone') }}
    end)
{%- endmacro %}

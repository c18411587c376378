{#- Wall-clock text of a time zone as a naive UTC timestamp; null where it is no time of ISO 8601,
    or says an offset of its own. -#}
{% macro utc_from_local(text, time_zone) -%}
    {{ adapter.dispatch('utc_from_local', 'stayhouse')(text, time_zone) }}
{%- endmacro %}

{% macro duckdb__utc_from_local(text, time_zone) -%}
    case
        when {{ matches(text, time_pattern()) }}
            then try_cast({{ text }} as timestamp) at time zone '{{ time_zone }}' at time zone 'UTC'
    end
{%- endmacro %}

{#- Of the two instants of a repeated hour DuckDB takes the later one, Spark the earlier one. -#}
{% macro spark__utc_from_local(text, time_zone) -%}
    {%- set wall_clock -%}
    case when {{ matches(text, time_pattern()) }} then {{ text }} end
    {%- endset -%}
    {%- set local = 'cast(try_cast(' ~ wall_clock ~ ' as timestamp_ntz) as timestamp)' -%}
    {%- set first = 'to_utc_timestamp(' ~ local ~ ", '" ~ time_zone ~ "')" -%}
    case
        when from_utc_timestamp({{ first }} + interval 1 hour, '{{ time_zone }}') = {{ local }}
            then {{ first }} + interval 1 hour
        else {{ first }}
    end
{%- endmacro %}

{#- Text as a naive UTC timestamp; null where it is no instant of ISO 8601. An offset in the text is
    honoured (a cast to TIMESTAMP drops it silently), a text without one is read as UTC. No place on
    earth is more than 14 hours from UTC, and DuckDB reads an offset of 25. A blank may stand before
    an offset, as Ruby writes it. Digits after the microsecond are cut off. -#}
{% macro utc_instant(text) -%}
    {{ adapter.dispatch('utc_instant', 'stayhouse')(text) }}
{%- endmacro %}

{% macro utc_pattern() -%}
    {{ return(time_pattern(
        offset='(Z| UTC| ?[+-](0[0-9]|1[0-3])(:?[0-5][0-9])?| ?[+-]14(:?00)?)?'
    )) }}
{%- endmacro %}

{#- Most instants hold no blank, and to look for one is a fifth of replacing it. -#}
{% macro without_blank(text) -%}
    case
        when {{ text }} like '% %' then replace(replace({{ text }}, ' +', '+'), ' -', '-')
        else {{ text }}
    end
{%- endmacro %}

{#- Most instants end in Z: what a cast without a zone drops is nothing then, and it costs less than
    half of one with a zone. The form in which browsers write them is read by itself, since that
    costs less than to ask whether it fits the pattern, and no other text of its shape is read. -#}
{% macro duckdb__utc_instant(text) -%}
    case
        when {{ text }} like '20__-__-__T__:__:__.___Z'
            then try_strptime({{ text }}, '%Y-%m-%dT%H:%M:%S.%fZ')
        when not {{ matches(text, utc_pattern()) }} then null
        when {{ text }} like '%Z' then try_cast({{ text }} as timestamp)
        else try_cast({{ without_blank(text) }} as timestamptz) at time zone 'UTC'
    end
{%- endmacro %}

{#- Spark's cast reads a text without an offset in the session's time zone, which is UTC. -#}
{% macro spark__utc_instant(text) -%}
    case when {{ matches(text, utc_pattern()) }} then try_cast({{ without_blank(text) }} as timestamp) end
{%- endmacro %}

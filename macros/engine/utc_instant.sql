{#- Text as a naive UTC timestamp; null where it is no finite instant. An offset in the text is
    honoured (a cast to TIMESTAMP drops it silently), a text without one is read as UTC. -#}
{% macro utc_instant(text) -%}
    {{ adapter.dispatch('utc_instant', 'stayhouse')(text) }}
{%- endmacro %}

{% macro duckdb__utc_instant(text) -%}
    case
        when isfinite(try_cast({{ text }} as timestamptz))
            then try_cast({{ text }} as timestamptz) at time zone 'UTC'
    end
{%- endmacro %}

{#- The session's time zone is UTC there too. -#}
{% macro spark__utc_instant(text) -%}
    try_cast({{ with_minutes(text) }} as timestamp)
{%- endmacro %}

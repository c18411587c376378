{#- Wall-clock text of a time zone as a naive UTC timestamp; null where it is no finite time. -#}
{% macro utc_from_local(text, time_zone) -%}
    {{ adapter.dispatch('utc_from_local', 'stayhouse')(text, time_zone) }}
{%- endmacro %}

{% macro duckdb__utc_from_local(text, time_zone) -%}
    case
        when isfinite(try_cast({{ text }} as timestamp))
            then try_cast({{ text }} as timestamp) at time zone '{{ time_zone }}' at time zone 'UTC'
    end
{%- endmacro %}

{% macro spark__utc_from_local(text, time_zone) -%}
    to_utc_timestamp(try_cast({{ text }} as timestamp), '{{ time_zone }}')
{%- endmacro %}

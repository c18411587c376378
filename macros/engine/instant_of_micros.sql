{#- The instant, naive UTC, that a text gives as whole microseconds since 1970; null where it does
    not. The length keeps what no engine has a year for from stopping a build. -#}
{% macro instant_of_micros(text) -%}
    {{ adapter.dispatch('instant_of_micros', 'stayhouse')(text) }}
{%- endmacro %}

{% macro duckdb__instant_of_micros(text) -%}
    case when {{ matches(text, '^[0-9]{1,17}$') }} then make_timestamp(try_cast({{ text }} as bigint)) end
{%- endmacro %}

{% macro spark__instant_of_micros(text) -%}
    case when {{ matches(text, '^[0-9]{1,17}$') }} then timestamp_micros(try_cast({{ text }} as bigint)) end
{%- endmacro %}

{#- A timestamp as whole microseconds since 1970: gaps are compared as integers, never as floats. -#}
{% macro epoch_micros(instant) -%}
    {{ adapter.dispatch('epoch_micros', 'stayhouse')(instant) }}
{%- endmacro %}

{% macro duckdb__epoch_micros(instant) -%}
    epoch_us({{ instant }})
{%- endmacro %}

{% macro spark__epoch_micros(instant) -%}
    unix_micros({{ instant }})
{%- endmacro %}

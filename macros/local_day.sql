{#- The local day, in the shop's time zone, of a naive UTC timestamp. -#}
{% macro local_day(instant) -%}
    cast({{ local_time(instant) }} as date)
{%- endmacro %}

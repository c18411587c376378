{#- A date or a timestamp some whole days later, in the same type. -#}
{% macro add_days(value, days, type='timestamp') -%}
    {{ adapter.dispatch('add_days', 'stayhouse')(value, days, type) }}
{%- endmacro %}

{% macro duckdb__add_days(value, days, type) -%}
    cast({{ value }} + to_days(cast({{ days }} as integer)) as {{ type }})
{%- endmacro %}

{% macro spark__add_days(value, days, type) -%}
    cast({{ value }} + make_interval(0, 0, 0, {{ days }}) as {{ type }})
{%- endmacro %}

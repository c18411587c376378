{#- Whether an instant is more than a day later than its row landed; null where that is not known. -#}
{% macro is_after_landed(instant) -%}
    {{ instant }} > {{ add_days('landed_at', 1) }}
{%- endmacro %}

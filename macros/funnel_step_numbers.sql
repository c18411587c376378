{#- The numbers that steps of a funnel may have: each is one more join, so there are not many. -#}
{% macro funnel_step_numbers() -%}
    {{ return([1, 2, 3, 4, 5, 6, 7, 8]) }}
{%- endmacro %}

{#- The numbers that steps of a funnel may have (seed `funnels`): each is one more join. -#}
{% macro funnel_step_numbers() -%}
    {{ return([1, 2, 3, 4, 5, 6, 7, 8]) }}
{%- endmacro %}

{#- How many steps a funnel of seed `funnels` may have: each is one more join. -#}
{% macro funnel_max_steps() -%}
    {{ return(8) }}
{%- endmacro %}

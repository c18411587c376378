{#- The scale on which models read features: sign(x) ln(1 + |x|), as `design_matrix` has it. -#}
{% macro signed_log(value) -%}
    (sign({{ value }}) * ln(1 + abs({{ value }})))
{%- endmacro %}

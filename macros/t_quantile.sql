{#- How many standard errors to either side hold 95 % where the error itself is known from so many
    degrees of freedom: Student's quantile, to the second term of its expansion (2.36 for 7, where
    tables say 2.365). -#}
{% macro t_quantile(degrees) -%}
    {%- set z = 1.959963984540054 -%}
    {{ z }}
    + {{ (z ** 3 + z) / 4 }} / ({{ degrees }})
    + {{ (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96 }} / (cast({{ degrees }} as double) * ({{ degrees }}))
{%- endmacro %}

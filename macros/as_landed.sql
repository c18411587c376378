{#- Columns as they landed, under names of their own (raw_<column>), for `unreadable`. -#}
{% macro as_landed(columns) -%}
    {% for column in columns %}{{ column }} as raw_{{ column }}{{ ', ' if not loop.last }}{% endfor %}
{%- endmacro %}

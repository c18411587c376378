{#- Text columns of a row as one text, a null as a tilde. -#}
{% macro row_text(columns) -%}
    concat_ws('|', {% for c in columns %}coalesce({{ c }}, '~'){{ ', ' if not loop.last }}{% endfor %})
{%- endmacro %}

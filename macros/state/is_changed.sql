{#- A condition that holds the rows of keys that changed since the table was made, where the
    materialization finds that it may make those alone anew (macros/engine/table.sql); of all rows
    otherwise. A unit test gives the rows and no log of changes. -#}
{% macro is_changed(log) -%}
    {%- if not execute or is_running() -%}{%- do ref(log) -%}{%- endif -%}
    {{ return("'changed' = 'changed'") }}
{%- endmacro %}

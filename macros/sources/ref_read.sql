{#- Tells dbt, as it parses, that a model reads a model of an outer project in the place of landed
    files: that one is built first. -#}
{% macro ref_read(source_name, table_name) -%}
    {%- set how = reading(source_name, table_name) -%}
    {%- if not execute and how and how.model -%}{%- do ref(*how.model.split('.')) -%}{%- endif -%}
{%- endmacro %}

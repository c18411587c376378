{#- The folder of a source's table in the landing folder. -#}
{% macro landed_files(source_name, table_name) -%}
    {{ return(landing_root() ~ '/' ~ source_name ~ '/' ~ table_name) }}
{%- endmacro %}

{#- Whether another dbt project builds this one, as a package of its own. -#}
{% macro is_package() -%}
    {{ return(project_name != 'stayhouse') }}
{%- endmacro %}

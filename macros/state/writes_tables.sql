{#- Whether what is selected writes any table: tests alone leave the warehouse as it stands. -#}
{% macro writes_tables() -%}
    {{ return(modules.re.search('\\b(model|seed|snapshot)[.]stayhouse[.]', selected_resources | join(' ')) is not none) }}
{%- endmacro %}

{#- The table of one row that says whether the tables of the warehouse are those of one build. -#}
{% macro build_token() -%}
    {{ return(api.Relation.create(
        database=target.database, schema=target.schema, identifier='build_token', type='table'
    )) }}
{%- endmacro %}

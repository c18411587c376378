{#- The relation that a table is read from. A model of an outer project is found in the graph and
    not by `ref`: laws read it too, which depend on it only by way of staging. -#}
{% macro relation_read(source_name, table_name) -%}
    {%- set how = reading(source_name, table_name) -%}
    {%- set parts = [] -%}
    {%- if how.model -%}
        {%- for node in graph.nodes.values()
            if node.resource_type in ['model', 'seed', 'snapshot'] and node.package_name != 'stayhouse'
            and how.model in [node.name, node.package_name ~ '.' ~ node.name] -%}
            {%- do parts.extend([node.database, node.schema, node.alias]) -%}
        {%- endfor -%}
    {%- else -%}
        {%- do parts.extend(how.table.split('.')) -%}
        {%- do parts.insert(0, target.database) if parts | length == 2 -%}
    {%- endif -%}
    {%- set relation = adapter.get_relation(*parts) if parts | length == 3 -%}
    {%- if not relation -%}
        {{ exceptions.raise_compiler_error("Var 'reads' of " ~ source_name ~ '.' ~ table_name ~ ": " ~ (how.table or how.model) ~ " is no table of this warehouse" ~ (", or the name of several models: say project.name." if how.model else ": correct the name, or load it first.")) }}
    {%- endif -%}
    {{ return(relation) }}
{%- endmacro %}

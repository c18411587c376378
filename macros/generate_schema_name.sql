{#- A room's schema has the room's name and no prefix: BI tools and laws rely on it. In another
    project's warehouse it has one: var `schema_prefix`, else dbt's own habit, the target's schema.
    (dbt looks for macros that this one would call in the other project only.) -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set prefix = var('schema_prefix', target.schema ~ '_') if project_name != 'stayhouse' else '' -%}
    {%- if not modules.re.fullmatch('[A-Za-z0-9_]*', prefix | string) -%}
        {{ exceptions.raise_compiler_error("Var 'schema_prefix' is '" ~ prefix ~ "': it must be letters, digits and _, such as stay_.") }}
    {%- endif -%}
    {{ prefix ~ custom_schema_name | trim if custom_schema_name else target.schema }}
{%- endmacro %}

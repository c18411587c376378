{#- Stops a build of another project, of which this one is a package, where its figures would be wrong
    in silence: nothing to read, a session that is not in UTC, or a model of the other project that
    dbt takes for one of ours, since it looks for a name in the root project first. (What asks `ref_read` means theirs.) -#}
{% macro check_package(landed) -%}
    {%- if not landed and not read_tables() -%}
        {{ exceptions.raise_compiler_error("Stayhouse has nothing to read: say in var 'reads' which tables hold a shop (docs/package.md), or set STAYHOUSE_LANDING to a folder in which files have landed.") }}
    {%- endif -%}
    {%- set zone = run_query('select ' ~ session_time_zone()).rows[0][0] -%}
    {%- if zone not in ['UTC', 'Etc/UTC'] -%}
        {{ exceptions.raise_compiler_error("The session's time zone is " ~ zone ~ ", and Stayhouse reads instants without an offset as UTC: set `settings: {TimeZone: UTC}` in the profile.") }}
    {%- endif -%}
    {%- set read = [] -%}
    {%- for tables in read_tables().values() -%}
        {%- for how in tables.values() if how.model -%}{%- do read.append(how.model.split('.')[-1]) -%}{%- endfor -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values() if node.package_name == 'stayhouse' -%}
        {%- set asks = node.fqn[1] == 'staging' or node.resource_type == 'test'
            or node.name in ['int_batches__numbered', 'int_lines__rejected'] -%}
        {%- for other in node.depends_on.nodes or [] -%}
            {%- set kind, project, name = other.split('.')[:3] -%}
            {%- set own = ['model.stayhouse.' ~ name, 'seed.stayhouse.' ~ name] -%}
            {%- if project != 'stayhouse' and not (asks and name in read) and (own[0] in graph.nodes or own[1] in graph.nodes) -%}
                {{ exceptions.raise_compiler_error("The " ~ kind ~ " " ~ name ~ " of " ~ project ~ " has the name of one of Stayhouse's, which would read it in place of its own: set the flag `require_ref_searches_node_package_before_root: true` in your dbt_project.yml, or rename it.") }}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

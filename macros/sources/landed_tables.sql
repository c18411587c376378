{#- The tables that land, by source in use: those of its `_sources.yml`, less canonical ones that var
    `sources` leaves out. Online Retail lands one table that it does not list, and stages five. -#}
{% macro landed_tables() -%}
    {%- set known = canonical_columns() -%}
    {%- set found = {} -%}
    {%- for source_name, tables in source_tables().items() -%}
        {%- set landed = [] -%}
        {%- for node in graph.sources.values() | sort(attribute='name') if node.source_name == source_name -%}
            {%- if node.name in tables or node.name not in known -%}
                {%- do landed.append(node.name) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do found.update({source_name: landed}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}

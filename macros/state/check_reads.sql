{#- Stops a build where var `reads` cannot be followed: a source or a table that there is not, or one
    whose files have landed too. `landed`: the tables that have landed, such as shop.orders. -#}
{% macro check_reads(landed) -%}
    {%- set provided = landed_tables() -%}
    {%- for source_name, tables in read_tables().items() -%}
        {%- if source_name not in provided -%}
            {{ exceptions.raise_compiler_error("Var 'reads' names '" ~ source_name ~ "', which is no source of var 'sources'.") }}
        {%- endif -%}
        {%- for table_name in tables -%}
            {%- set place = source_name ~ '.' ~ table_name -%}
            {%- if table_name not in provided[source_name] -%}
                {{ exceptions.raise_compiler_error("Var 'reads' names '" ~ place ~ "': tables of " ~ source_name ~ " are " ~ provided[source_name] | join(', ') ~ ".") }}
            {%- elif place in landed -%}
                {{ exceptions.raise_compiler_error("Files of " ~ place ~ " have landed in " ~ landing_root() ~ ", and var 'reads' reads it where it stands in the warehouse: nobody knows which of their rows are the same. Take the landing back (`stayhouse unland " ~ source_name ~ " --table " ~ table_name ~ " --all`), or take it out of 'reads'.") }}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

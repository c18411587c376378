{#- A landed table as a relation; typed and empty where nothing has landed. `source()` keeps the
    edge in the graph. Landed columns are text; `batch_id` comes from the folder's name. -#}
{% macro landed(source_name, table_name) -%}
    {{ adapter.dispatch('landed', 'stayhouse')(source_name, table_name) }}
{%- endmacro %}

{% macro landed_files(source_name, table_name) -%}
    {{ return(landing_root() ~ '/' ~ source_name ~ '/' ~ table_name) }}
{%- endmacro %}

{% macro landed_nothing(source_name, table_name) -%}
    {%- set node = graph.sources['source.' ~ project_name ~ '.' ~ source_name ~ '.' ~ table_name] -%}
    (
        select
            {% for column in node.columns.values() -%}
            cast(null as {{ column.data_type or api.Column.translate_type('string') }}) as {{ column.name }},
            {% endfor -%}
            cast(null as bigint) as landed_row,
            cast(null as timestamp) as data_until,
            cast(null as bigint) as batch_id
        where false
    )
{%- endmacro %}

{% macro duckdb__landed(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- if not execute or graph.sources is not defined -%}
        {{ relation }}{# parse time and unit tests #}
    {%- else -%}
        {%- set files = landed_files(source_name, table_name) ~ '/batch_id=*/*.parquet' -%}
        {%- set found = run_query("select count(*) from glob('" ~ files | replace("'", "''") ~ "')") -%}
        {%- if found.rows[0][0] > 0 -%}
            read_parquet('{{ files | replace("'", "''") }}', hive_partitioning = true, hive_types = {'batch_id': bigint}, union_by_name = true)
        {%- else -%}
            {{ landed_nothing(source_name, table_name) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- Spark infers batch_id from the folder's name too; the path must exist. -#}
{% macro spark__landed(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- if not execute or graph.sources is not defined -%}
        {{ relation }}
    {%- else -%}
        parquet.`{{ landed_files(source_name, table_name) }}`
    {%- endif -%}
{%- endmacro %}

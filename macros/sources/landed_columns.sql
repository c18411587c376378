{#- What landing writes, by column: the source's columns as text, the row's place in its file,
    the instant up to which the file is complete, and when it landed (null in batches that landed
    before landing noted it); both UTC. -#}
{% macro landed_columns(source_name, table_name) -%}
    {%- set node = graph.sources['source.stayhouse.' ~ source_name ~ '.' ~ table_name] -%}
    {%- set columns = {} -%}
    {%- for column in node.columns.values() -%}
        {%- do columns.update({column.name: column.data_type or api.Column.translate_type('string')}) -%}
    {%- endfor -%}
    {{ return(dict(columns, landed_row='bigint', data_until='timestamp', landed_at='timestamp')) }}
{%- endmacro %}

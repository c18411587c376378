{#- The files of every batch of a table, as a pattern inside a SQL literal. -#}
{% macro landed_glob(source_name, table_name) -%}
    {{ return((landed_files(source_name, table_name) ~ '/batch_id=*/*.parquet') | replace("'", "''")) }}
{%- endmacro %}

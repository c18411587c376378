{#- The files of every batch of a table, as a pattern inside a SQL literal. -#}
{% macro landed_glob(source_name, table_name) -%}
    {{ return(landing_pattern(source_name ~ '/' ~ table_name ~ '/batch_id=*/*.parquet')) }}
{%- endmacro %}

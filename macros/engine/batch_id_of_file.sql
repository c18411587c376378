{#- The number of a batch, from the name of a file in its folder. It is read from there and not by
    `hive_partitioning`, which takes every name=value folder for a column, above the landing folder
    too; a filter on it still keeps DuckDB from opening other batches. -#}
{% macro batch_id_of_file(filename) -%}
    cast(regexp_extract({{ filename }}, 'batch_id=(\d+)/[^/]*$', 1) as bigint)
{%- endmacro %}

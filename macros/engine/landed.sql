{#- A landed table as a relation; typed and empty where nothing has landed. `source()` keeps the
    edge in the graph, and so does `ref_read` of a model that is read instead of files. Landed columns
    are text; `batch_id` comes from the folder's name. -#}
{% macro landed(source_name, table_name) -%}
    {%- if is_running() and reading(source_name, table_name) -%}
        {{ rows_read(source_name, table_name) }}
    {%- else -%}
        {%- do ref_read(source_name, table_name) -%}
        {{ adapter.dispatch('landed', 'stayhouse')(source_name, table_name) }}
    {%- endif -%}
{%- endmacro %}

{% macro landed_nothing(source_name, table_name) -%}
    (
        select
            {% for column, type in landed_columns(source_name, table_name).items() -%}
            cast(null as {{ type }}) as {{ column }},
            {% endfor -%}
            cast(null as bigint) as batch_id
        where false
    )
{%- endmacro %}

{#- The schema is stated, so that DuckDB need not open every batch to learn it: a batch from before
    a column was mapped has nulls there, and a daily build opens the new batches only. -#}
{% macro duckdb__landed(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- if not is_running() -%}
        {{ relation }}
    {%- elif has_landed(source_name, table_name) -%}
        (
            select
                * exclude (filename),
                {{ batch_id_of_file('filename') }} as batch_id
            from read_parquet('{{ landed_glob(source_name, table_name) }}', hive_partitioning = false, filename = true, schema = map {
            {%- for column, type in landed_columns(source_name, table_name).items() -%}
            '{{ column }}': {name: '{{ column }}', type: '{{ type }}', default_value: null}{{ ', ' if not loop.last }}
            {%- endfor -%}
            })
        )
    {%- else -%}
        {{ landed_nothing(source_name, table_name) }}
    {%- endif -%}
{%- endmacro %}

{#- Spark infers batch_id from the folder's name too. The folder must exist; files beside the
    Parquet ones are passed over, and a batch from before a column was mapped, or `landed_at` was
    noted, has nulls there; one batch at least must have it. -#}
{% macro spark__landed(source_name, table_name) -%}
    {%- set relation = source(source_name, table_name) -%}
    {%- if not is_running() -%}
        {{ relation }}
    {%- else -%}
        parquet.`{{ landed_files(source_name, table_name) }}` with (pathGlobFilter = '*.parquet', mergeSchema = true)
    {%- endif -%}
{%- endmacro %}

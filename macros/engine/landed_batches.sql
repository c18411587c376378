{#- The batches of a table that stand in the landing folder, or in a table that is read, from every
    source: one row per (source_name, batch_id), with a stamp that changes when the batch does. -#}
{% macro landed_batches(table_name) -%}
    {%- set sources = [] -%}
    {%- set read = [] -%}
    {%- for source_name, tables in source_tables().items() if table_name in tables -%}
        {%- do ref_read(source_name, table_name) -%}
        {%- do (read if reading(source_name, table_name) else sources).append(source_name) -%}
    {%- endfor -%}
    {{ adapter.dispatch('landed_batches', 'stayhouse')(sources, table_name) }}
    {%- for source_name in read if is_running() %}
    {%- set columns = landed_columns(source_name, table_name) | reject('in', ['landed_row', 'data_until']) | list %}
    union all
    select
        '{{ source_name }}' as source_name,
        batch_id,
        concat_ws(' ', count(*), {{ content_sum(columns) }}) as stamp
    from ({{ rows_told(source_name, table_name) }})
    group by batch_id
    {%- endfor -%}
{%- endmacro %}

{% macro duckdb__landed_batches(sources, table_name) -%}
    {%- for source_name in sources if has_landed(source_name, table_name) -%}
    select
        '{{ source_name }}' as source_name,
        {{ batch_id_of_file('filename') }} as batch_id,
        concat_ws(' ', sum(size), epoch_us(max(last_modified))) as stamp
    from read_blob('{{ landed_glob(source_name, table_name) }}')
    group by {{ batch_id_of_file('filename') }}
    union all
    {% endfor -%}
    select cast(null as varchar) as source_name, cast(null as bigint) as batch_id, cast(null as varchar) as stamp
    where false
{%- endmacro %}

{% macro spark__landed_batches(sources, table_name) -%}
    {%- for source_name in sources -%}
    select
        '{{ source_name }}' as source_name,
        cast(batch_id as bigint) as batch_id,
        concat_ws(' ', sum(size), max(modified_at)) as stamp
    from (
        select distinct
            batch_id,
            _metadata.file_name,
            _metadata.file_size as size,
            _metadata.file_modification_time as modified_at
        from parquet.`{{ landed_files(source_name, table_name) }}` with (pathGlobFilter = '*.parquet')
    )
    group by batch_id
    union all
    {% endfor -%}
    select cast(null as string) as source_name, cast(null as bigint) as batch_id, cast(null as string) as stamp
    where false
{%- endmacro %}

{#- The lines of every batch that stands in the landing folder, from every source in use, without
    those of erased people: one row per source, landed table, batch and reason for which landing
    rejected lines (no reason: those that landed as rows). Batches from before landing counted
    reasons have `unreadable_line`. A row of a table that is read is a line. -#}
{% macro landed_lines() -%}
    {%- if is_running() -%}
        {%- set files = {} -%}
        {%- set read = [] -%}
        {%- for source_name, tables in landed_tables().items() -%}
            {%- do files.update({source_name: []}) -%}
            {%- for table_name in tables -%}
                {%- do read.append((source_name, table_name)) if reading(source_name, table_name) else files[source_name].append(table_name) -%}
            {%- endfor -%}
        {%- endfor -%}
        {{ adapter.dispatch('landed_lines', 'stayhouse')(files) }}
        {%- for source_name, table_name in read %}
    union all
    select
        '{{ source_name }}' as source_name,
        '{{ table_name }}' as table_name,
        cast(null as string) as reason_code,
        batch_id,
        count(*) as line_count
    from ({{ rows_told(source_name, table_name) }})
    group by batch_id
        {%- endfor -%}
    {%- else -%}
        {%- for source_name, tables in read_tables().items() -%}
            {%- for table_name in tables -%}{%- do ref_read(source_name, table_name) -%}{%- endfor -%}
        {%- endfor -%}
        {{ no_landed_lines() }}
    {%- endif -%}
{%- endmacro %}

{% macro no_landed_lines() -%}
    select
        cast(null as string) as source_name,
        cast(null as string) as table_name,
        cast(null as string) as reason_code,
        cast(null as bigint) as batch_id,
        cast(null as bigint) as line_count
    where false
{%- endmacro %}

{#- Landing tells it in each batch's `_batch.json`. -#}
{% macro duckdb__landed_lines(tables) -%}
    {%- set files = landing_pattern('*/*/batch_id=*/_batch.json') -%}
    {%- set found = run_query("select count(*) from glob('" ~ files ~ "')") -%}
    {%- if found.rows[0][0] == 0 -%}
    {{ no_landed_lines() }}
    {%- else -%}
    select
        source_name,
        table_name,
        lines.key as reason_code,
        batch_id,
        lines.value as line_count
    from (
        select
            regexp_extract(filename, '([^/]+)/[^/]+/batch_id=[^/]+/[^/]+$', 1) as source_name,
            regexp_extract(filename, '([^/]+)/batch_id=[^/]+/[^/]+$', 1) as table_name,
            {{ batch_id_of_file('filename') }} as batch_id,
            unnest(list_concat(
                [{'key': cast(null as varchar), 'value': lines_in - lines_rejected - coalesce(rows_erased, 0)}],
                map_entries(case
                    when lines_rejected = 0 or rejected_by_reason <> map {} then rejected_by_reason
                    else map {'unreadable_line': lines_rejected}
                end)
            )) as lines
        from read_json(
            '{{ files }}', filename = true, hive_partitioning = false, columns = {
                lines_in: 'bigint', lines_rejected: 'bigint', rows_erased: 'bigint',
                rejected_by_reason: 'map(varchar, bigint)'
            }
        )
    )
    where
        {% for source_name, names in tables.items() -%}
        (source_name = '{{ source_name }}' and table_name in ('{{ names | join("', '") }}'))
        {{ 'or ' if not loop.last }}
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}

{#- Spark passes over files whose names begin with `_`: rows and rejected lines are counted. -#}
{% macro spark__landed_lines(tables) -%}
    {%- for source_name, names in tables.items() -%}
    {%- for table_name in names -%}
    select
        '{{ source_name }}' as source_name,
        '{{ table_name }}' as table_name,
        reason_code,
        batch_id,
        count(*) as line_count
    from (
        select
            cast(null as string) as reason_code,
            cast(batch_id as bigint) as batch_id
        from parquet.`{{ landed_files(source_name, table_name) }}` with (pathGlobFilter = '*.parquet')
        union all
        select
            regexp_extract(value, '^[0-9]+,([a-z0-9_]+),', 1) as reason_code,
            cast(regexp_extract(_metadata.file_path, 'batch_id=([0-9]+)/[^/]*$', 1) as bigint) as batch_id
        from text.`{{ landed_files(source_name, table_name) }}` with (pathGlobFilter = 'rejected_lines.csv')
        where regexp_like(value, '^[0-9]+,[a-z0-9_]+,')
    )
    group by reason_code, batch_id
    union all
    {% endfor -%}
    {%- endfor -%}
    {{ no_landed_lines() }}
{%- endmacro %}

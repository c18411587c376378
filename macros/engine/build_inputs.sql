{#- What a build's tables follow from, beside its settings: which batches have landed, with a
    checksum of their files' sizes and times, a checksum of the project's files and, where it is
    told, their commit. None on an engine from which nothing is published: publishing copies a
    DuckDB file. -#}
{% macro build_inputs() -%}
    {{ return(adapter.dispatch('build_inputs', 'stayhouse')()) }}
{%- endmacro %}

{#- dbt runs in the project's folder. It keeps no checksum of macros and knows nothing of the
    package, so files are read: some hundred small ones. -#}
{% macro duckdb__build_inputs() -%}
    {%- set landed -%}
        select
            replace(place, '/', '.') as table_name,
            count(distinct batch_id) as batch_count,
            max(batch_id) as last_batch_id,
            md5(string_agg(concat_ws(' ', batch_id, size, stamp), ',' order by batch_id, filename)) as checksum
        from (
            select
                filename,
                size,
                epoch_us(last_modified) as stamp,
                regexp_extract(filename, '([^/]+/[^/]+)/batch_id=\d+/[^/]+$', 1) as place,
                cast(regexp_extract(filename, 'batch_id=(\d+)/[^/]+$', 1) as bigint) as batch_id
            from read_blob('{{ landed_glob('*', '*') }}')
        )
        group by place
        order by place
    {%- endset -%}
    {%- set project -%}
        select md5(string_agg(filename || md5(content), ',' order by filename))
        from read_blob([
            'dbt_project.yml', 'macros/**/*.sql', 'models/**/*.sql', 'models/**/*.yml', 'python_models/**/*.py',
            'python_models/**/*.yml', 'seeds/*.csv', 'src/stayhouse/**/*.py'
        ])
    {%- endset -%}
    {%- set batches = {} -%}
    {%- set checksums = [] -%}
    {%- for row in run_query(landed).rows -%}
        {%- do batches.update({row[0]: {'batches': row[1] | int, 'last_batch_id': row[2] | int}}) -%}
        {%- do checksums.append(row[3]) -%}
    {%- endfor -%}
    {{ return({
        'batches': batches,
        'landed_checksum': local_md5(checksums | join(' ')),
        'code_commit': env_var('STAYHOUSE_COMMIT', ''),
        'project_checksum': '' if is_package() else run_query(project).rows[0][0],
    }) }}
{%- endmacro %}

{% macro spark__build_inputs() -%}
    {{ return(none) }}
{%- endmacro %}

{#- Stops a seed whose file would be taken for something else, before it replaces the rows that
    stand. A seed is filled by the place of its columns, not by their names, so without its header
    it would lose its first line; and a day as 05/11/2024 has two readings, of which the engine
    takes one. -#}
{% macro check_seed() -%}
    {%- if execute -%}
        {%- set path = model.original_file_path -%}
        {%- set types = model.config.column_types -%}
        {%- set lines = load_agate_table() -%}
        {%- set header = lines.column_names | join(',') -%}
        {%- if header | lower != types | join(',') -%}
            {{ exceptions.raise_compiler_error(path ~ " begins with the line '" ~ header ~ "', and its rows are read by the place of their columns: its first line must be " ~ types | join(',') ~ " (of a new column, name the type in dbt_project.yml and run `dbt seed --full-refresh`).") }}
        {%- endif -%}
        {%- for column in types if types[column] == 'date' -%}
            {%- for line in lines.rows -%}
                {%- set value = (line[column] or '') | string -%}
                {%- set is_day = modules.re.fullmatch('[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])', value) -%}
                {#- 30 February is a day of March. -#}
                {%- if is_day -%}
                    {%- set first = modules.datetime.date(value[:4] | int, value[5:7] | int, 1) -%}
                    {%- set day = first + modules.datetime.timedelta(days=(value[8:] | int) - 1) -%}
                {%- endif -%}
                {%- if not is_day or day | string != value -%}
                    {{ exceptions.raise_compiler_error(path ~ " line " ~ (loop.index + 1) ~ ": " ~ column ~ " is '" ~ value ~ "', which is no day: write it as YYYY-MM-DD, such as 2024-11-29.") }}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}

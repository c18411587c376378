{#- Stops a seed whose file would be taken for something else, before it replaces the rows that
    stand. A seed is filled by the place of its columns, not by their names, so without its header
    it would lose its first line; a day as 05/11/2024 has two readings, of which the engine
    takes one; and of two lines with one key the test of the grain could only say that there are
    some. -#}
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
        {{- check_seed_values(path, types, lines) -}}
        {{- check_seed_keys(path, types, lines) -}}
    {%- endif -%}
{%- endmacro %}

{#- Holds each value that is a number to be one, and what the seed's `meta` says of its columns:
    `words`, of which each line has one, `every`, the columns each of whose words needs a line,
    `least`, the whole number below which none may be, `may_lack`, the columns of these that a
    line may leave empty, `names`, the columns of names (letters, digits and _, so that
    they can stand with a comma between), each with those that are taken, and `needed`, the columns
    that no line may leave empty, or with commas alone. -#}
{% macro check_seed_values(path, types, lines) -%}
    {%- set words, least = model.config.meta.get('words', {}), model.config.meta.get('least', {}) -%}
    {%- set may_lack = model.config.meta.get('may_lack', []) -%}
    {%- set names, needed = model.config.meta.get('names', {}), model.config.meta.get('needed', []) -%}
    {%- for column in types -%}
        {%- set is_whole = types[column] in ['integer', 'bigint'] -%}
        {%- set is_number = types[column] == 'double' or types[column].startswith('decimal') -%}
        {%- for line in lines.rows if is_whole or is_number or column in words or column in names or column in needed -%}
            {%- set value = (line[column] or '') | string -%}
            {%- set place = path ~ ' line ' ~ (loop.index + 1) ~ ': ' ~ column -%}
            {%- if column in words and value not in words[column] -%}
                {{ exceptions.raise_compiler_error(place ~ " is '" ~ value ~ "', and may be " ~ words[column] | join(', ') ~ ": write one of them.") }}
            {%- endif -%}
            {%- if column in names and value and not modules.re.fullmatch('\w+', value) -%}
                {{ exceptions.raise_compiler_error(place ~ " is '" ~ value ~ "', and a name has letters, digits and _ only: write one, such as " ~ modules.re.sub('\W+', '_', value | trim) ~ ".") }}
            {%- endif -%}
            {%- if column in names and value | lower in names[column] -%}
                {{ exceptions.raise_compiler_error(place ~ " is '" ~ value ~ "', a name that is taken for what no line fits: write another one.") }}
            {%- endif -%}
            {%- if column in needed and not value | replace(',', '') | trim or column in least and not value and column not in may_lack -%}
                {{ exceptions.raise_compiler_error(place ~ " is empty, and each line needs one: write it, or take the line out.") }}
            {%- endif -%}
            {%- if is_whole and value and not modules.re.fullmatch('-?[0-9]{1,9}', value) -%}
                {{ exceptions.raise_compiler_error(place ~ " is '" ~ value ~ "', which is no whole number: write one, such as 1.") }}
            {%- endif -%}
            {%- if column in least and value and value | int < least[column] -%}
                {{ exceptions.raise_compiler_error(place ~ " is '" ~ value ~ "': write a whole number from " ~ least[column] ~ " on.") }}
            {%- endif -%}
            {%- if is_number and value and not modules.re.fullmatch('-?([0-9]+[.]?[0-9]*|[.][0-9]+)', value) -%}
                {{ exceptions.raise_compiler_error(place ~ " is '" ~ value ~ "', which is no number: write one with a point, such as 0.02.") }}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for column in model.config.meta.get('every', []) -%}
        {%- for word in words[column] if word not in lines.columns[column].values() -%}
            {{ exceptions.raise_compiler_error(path ~ " has no line whose " ~ column ~ " is '" ~ word ~ "', and needs one at least.") }}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

{#- Holds each line's key, which is that of the seed's test `grain`, to be there and its own. -#}
{% macro check_seed_keys(path, types, lines) -%}
    {%- set whole = ['integer', 'bigint'] -%}
    {%- for test in graph.nodes.values() if test.attached_node == model.unique_id and (test.test_metadata or {}).name == 'grain' -%}
        {%- set seen = {} -%}
        {%- for line in lines.rows -%}
            {%- set place = path ~ ' line ' ~ (loop.index + 1) ~ ': ' -%}
            {%- set key, told = [], [] -%}
            {%- for column in test.test_metadata.kwargs.columns -%}
                {%- set value = (line[column] or '') | string -%}
                {%- if not value | trim -%}
                    {{ exceptions.raise_compiler_error(place ~ column ~ " is empty, and each line needs one: write it, or take the line out.") }}
                {%- endif -%}
                {%- do key.append(value | int if types[column] in whole else value) -%}
                {%- do told.append(column ~ " '" ~ value ~ "'") -%}
            {%- endfor -%}
            {%- if key | string in seen -%}
                {{ exceptions.raise_compiler_error(place ~ told | join(', ') ~ " is that of line " ~ seen[key | string] ~ " as well: give one of them another, or take it out.") }}
            {%- endif -%}
            {%- do seen.update({key | string: loop.index + 1}) -%}
        {%- endfor -%}
    {%- endfor -%}
{%- endmacro %}

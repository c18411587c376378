{#- The money of a row of a canonical table, in its own currency. A rejected row's is read as a
    person would read it, since what cannot be kept exactly is often why it was rejected; from 1e12
    on it is a mistake, such as a barcode, and no amount. -#}
{% macro amount_at_stake(table_name) -%}
    {%- set table = canonical_columns(table_name) -%}
    {%- if not table.amount -%}
        cast(null as decimal(38, 4))
    {%- else -%}
        {%- set guess = namespace(sql=table.amount) -%}
        {%- set columns = table.columns.keys() | select('in', modules.re.findall('\\w+', table.amount)) | list -%}
        {%- for column in columns -%}
            {%- set guess.sql = modules.re.sub('\\b' ~ column ~ '\\b', '<' ~ column ~ '>', guess.sql) -%}
        {%- endfor -%}
        {%- for column in columns -%}
            {%- set read = lenient_decimal(text_in_json('raw_values', '$.' ~ column)) -%}
            {%- set guess.sql = guess.sql | replace('<' ~ column ~ '>', 'cast(coalesce(try_cast(' ~ column ~ ' as decimal(18, 4)), ' ~ read ~ ') as decimal(38, 4))') -%}
        {%- endfor -%}
        case
            when reason_code is null then cast({{ table.amount }} as decimal(38, 4))
            else cast(try_cast({{ guess.sql }} as decimal(16, 4)) as decimal(38, 4))
        end
    {%- endif -%}
{%- endmacro %}

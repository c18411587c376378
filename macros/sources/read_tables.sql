{#- The tables that are read where they stand in the warehouse instead of from landed files: var
    `reads`, {source: {table: how}}, validated as far as it can be without the warehouse. -#}
{% macro read_tables() -%}
    {%- set told = var('reads', none) or {} -%}
    {%- set such = "such as {shop: {orders: {table: raw.orders, load: _dlt_load_id}}}" -%}
    {%- set name = '[A-Za-z_][A-Za-z0-9_]*' -%}
    {%- set forms = {
        'table': name ~ '([.]' ~ name ~ '){1,2}',
        'model': name ~ '([.]' ~ name ~ ')?',
        'load': name,
        'loaded_at': name,
    } -%}
    {%- if told is not mapping -%}
        {{ exceptions.raise_compiler_error("Var 'reads' must map sources to tables, " ~ such ~ ".") }}
    {%- endif -%}
    {%- for source_name, tables in told.items() -%}
        {%- if tables is not mapping -%}
            {{ exceptions.raise_compiler_error("Var 'reads' of " ~ source_name ~ " must map tables, " ~ such ~ ".") }}
        {%- endif -%}
        {%- for table_name, how in tables.items() -%}
            {%- set place = "Var 'reads' of " ~ source_name ~ '.' ~ table_name -%}
            {%- if how is not mapping or 'load' not in how or ('table' in how) == ('model' in how) -%}
                {{ exceptions.raise_compiler_error(place ~ " must say `table` or `model`, and `load`, the column with the number or the time of a row's load, " ~ such ~ ".") }}
            {%- endif -%}
            {%- for word, value in how.items() -%}
                {%- if word in forms and not modules.re.fullmatch(forms[word], value | string) -%}
                    {{ exceptions.raise_compiler_error(place ~ ": " ~ word ~ " is '" ~ value ~ "', which is no name: a table is schema.table, a model is a name or project.name, all else is a column.") }}
                {%- elif word not in ['columns', 'ignore'] and word not in forms -%}
                    {{ exceptions.raise_compiler_error(place ~ " has no '" ~ word ~ "': it may have " ~ forms.keys() | join(', ') ~ ", columns and ignore.") }}
                {%- endif -%}
            {%- endfor -%}
            {%- if (how.ignore or []) is string and how.ignore != '*' or (how.columns or {}) is not mapping -%}
                {{ exceptions.raise_compiler_error(place ~ ": ignore is a list of their columns or '*', and columns maps ours to theirs, such as {order_id: id}.") }}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(told) }}
{%- endmacro %}

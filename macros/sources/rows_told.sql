{#- The rows of a table that stands in the warehouse, as a query: our columns as text, `batch_id` from
    the load, and `landed_at`. What landing refuses in a file stops here too, with a sentence: a
    column that nobody named, a personal value that is no hash, an address in place of an id, and a
    row whose place would tell what it is, since a table's rows have none. -#}
{% macro rows_told(source_name, table_name) -%}
    {%- set how = reading(source_name, table_name) -%}
    {%- set relation = relation_read(source_name, table_name) -%}
    {%- set meta = graph.sources['source.stayhouse.' ~ source_name ~ '.' ~ table_name].config.meta -%}
    {%- set place = source_name ~ '.' ~ table_name ~ ' reads ' ~ relation.schema ~ '.' ~ relation.identifier -%}
    {%- set ignores_all = how.ignore == '*' -%}
    {%- set ignored = [] if ignores_all else (how.ignore or []) | map('lower') | list -%}
    {%- set theirs = how.columns or {} -%}
    {%- set ours = landed_columns(source_name, table_name) | reject('in', ['landed_row', 'data_until', 'landed_at']) | list -%}
    {%- set found = {} -%}
    {%- for column in adapter.get_columns_in_relation(relation) -%}
        {%- do found.update({column.name | lower: column}) -%}
    {%- endfor -%}
    {%- set read = [how.load | lower] -%}
    {%- do read.append(how.loaded_at | lower) if how.loaded_at -%}
    {%- for column in ours -%}
        {%- do read.append(theirs.get(column, column) | lower) -%}
    {%- endfor -%}
    {%- for column in theirs if column not in ours -%}
        {{ exceptions.raise_compiler_error(place ~ ": columns names " ~ column ~ ", which is none of " ~ ours | join(', ') ~ ".") }}
    {%- endfor -%}
    {%- set by_place = meta.get('by_place') -%}
    {%- if by_place is sameas true -%}
        {{ exceptions.raise_compiler_error(place ~ ": what a row of it is depends on the row before it, and the rows of a table have no order: land its files instead.") }}
    {%- endif -%}
    {%- for column in [how.load, how.loaded_at, by_place] + theirs.values() | list
        if column and theirs.get(column, column) | lower not in found -%}
        {{ exceptions.raise_compiler_error(place ~ ", which has no column " ~ theirs.get(column, column) ~ ": it has " ~ found.keys() | join(', ') ~ ".") }}
    {%- endfor -%}
    {%- for column in found if column in ['_fivetran_deleted', '_ab_cdc_deleted_at'] and column not in ignored -%}
        {{ exceptions.raise_compiler_error(place ~ ", whose " ~ column ~ " marks rows that are gone from the shop: read a model without them, or list it under ignore where there are none.") }}
    {%- endfor -%}
    {%- set strange = found.keys() | reject('in', read + ignored) | rejectattr(0, 'equalto', '_') | list -%}
    {%- if strange and not ignores_all -%}
        {{ exceptions.raise_compiler_error(place ~ ", which has columns that nobody named: " ~ strange | join(', ') ~ ". Say under columns which of ours they are, or list them under ignore ('*': all the rest).") }}
    {%- endif -%}
    select
        {%- for column in ours %}
        {%- set at = found.get(theirs.get(column, column) | lower) %}
        {%- if at is none %}
        cast(null as {{ api.Column.translate_type('string') }})
        {%- else %}
        {%- set text = text_of_column(adapter.quote(at.name), at.dtype | lower) %}
        {%- set text = one_form(text) if column.endswith('_id') or column == 'referred_by' else text %}
        {%- set stop = [] %}
        {%- if column in meta.get('hashed', []) %}
        {%- set sentence = ', in which a value of ' ~ at.name ~ ' is no keyed hash of 64 hexadecimal digits: personal values are hashed before we read them, as docs/package.md says.' %}
        case
            when {{ code_value(text) }} is null then null
            when {{ matches(text, '^[0-9a-f]{64}$') }} then {{ text }}
            else {{ stop_with(text_literal(place ~ sentence)) }}
        end
        {%- elif column in ['customer_id', 'visitor_id', 'referred_by', 'unit_id'] %}
        {%- set sentence = ', in which an e-mail address stands in ' ~ at.name ~ ', where everybody could read it: give it as email_hash, hashed, or hash it as an id.' %}
        case
            when {{ matches(text, '^\s*[^@\s]+@[^@\s]+\.[^@\s.]+\s*$') }} then {{ stop_with(text_literal(place ~ sentence)) }}
            else {{ text }}
        end
        {%- elif column == by_place %}
        {%- set sentence = ', in which a row has no ' ~ at.name ~ ': by its place alone nobody knows it, since the rows of a table have no order.' %}
        coalesce({{ code_value(text) }}, {{ stop_with(text_literal(place ~ sentence)) }})
        {%- else %}
        {{ text }}
        {%- endif %}
        {%- endif %} as {{ column }},
        {%- endfor %}
        {%- set load = found[how.load | lower] %}
        {%- set time = found[(how.loaded_at or how.load) | lower] %}
        {%- set sentence = ', in which a row has no load (' ~ load.name ~ ')' ~ (' or no ' ~ time.name if how.loaded_at else ' with a time: beside a load number, name the column with its time as loaded_at') ~ '.' %}
        coalesce({{ time_of_load(adapter.quote(time.name), time.dtype | lower) }}, {{ stop_with(text_literal(place ~ sentence)) }}) as landed_at,
        coalesce({{ number_of_load(adapter.quote(load.name), load.dtype | lower) }}, {{ stop_with(text_literal(place ~ sentence)) }}) as batch_id
    from {{ relation }}
{%- endmacro %}

{#- dlt numbers a load by its epoch seconds, with decimals, as text. -#}
{% macro load_patterns() -%}
    {{ return({'seconds': '^[0-9]{9,10}[.][0-9]+$', 'whole': '^[0-9]{1,18}$'}) }}
{%- endmacro %}

{% macro micros_of_seconds(text) -%}
    cast(floor(try_cast({{ text }} as decimal(28, 9)) * 1000000) as bigint)
{%- endmacro %}

{#- The instant of a load, naive UTC; null where it has none. -#}
{% macro time_of_load(column, type) -%}
    {%- if 'timestamp' in type or type == 'date' -%}
        {{ instant_of_column(column, type) }}
    {%- else -%}
        {%- set text = text_of_column(column, type) -%}
        case
            when {{ matches(text, load_patterns().seconds) }}
                then {{ instant_of_micros('cast(' ~ micros_of_seconds(text) ~ ' as string)') }}
            else {{ utc_instant(text) }}
        end
    {%- endif -%}
{%- endmacro %}

{#- The number of a load, which rises with it and never moves: a whole number as it is, else the
    microseconds of its time. A rank would move when a loader updates rows in place. -#}
{% macro number_of_load(column, type) -%}
    {%- if 'timestamp' in type or type == 'date' -%}
        {{ epoch_micros(instant_of_column(column, type)) }}
    {%- else -%}
        {%- set text = text_of_column(column, type) -%}
        case
            when {{ matches(text, load_patterns().whole) }} then try_cast({{ text }} as bigint)
            when {{ matches(text, load_patterns().seconds) }} then {{ micros_of_seconds(text) }}
            else {{ epoch_micros(utc_instant(text)) }}
        end
    {%- endif -%}
{%- endmacro %}

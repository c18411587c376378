{#- What stood in the column that a reason of rejection speaks of, as it landed: of `invalid_price`
    the price, of `ordered_after_data_until` the instant. A reason that names no column of ours, or
    one that was empty, shows how the row begins. -#}
{% macro offending_value(table_name) -%}
    {%- set subject = namespace(sql="concat('_', reason_code)") -%}
    {%- for words, column in {'_after_data_until': '_at', '_after_received': '_at', '_out_of_range': ''}.items() -%}
        {%- set subject.sql = 'replace(' ~ subject.sql ~ ", '" ~ words ~ "', '" ~ column ~ "')" -%}
    {%- endfor -%}
    {%- set columns = canonical_columns(table_name)['columns'].keys() | list -%}
    coalesce(
        case
            {% for column in columns -%}
            when right({{ subject.sql }}, {{ column | length + 1 }}) = '_{{ column }}'
                then {{ text_in_json('raw_values', '$.' ~ column) }}
            {% endfor -%}
            {% if 'unit_price' in columns -%}
            when right({{ subject.sql }}, 6) = '_price' then {{ text_in_json('raw_values', '$.unit_price') }}
            {% endif -%}
        end,
        left(raw_values, 200)
    )
{%- endmacro %}

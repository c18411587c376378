{#- A JSON list of keys and values, each value an object with one field a type, for `entry`. Null
    where the text is no JSON. -#}
{% macro entries_in_json(text) -%}
    {{ adapter.dispatch('entries_in_json', 'stayhouse')(text) }}
{%- endmacro %}

{% macro duckdb__entries_in_json(text) -%}
    from_json({{ text_in_json(text, '$') }}, '[{
        "key": "varchar", "value": {
            "string_value": "varchar", "int_value": "varchar", "float_value": "varchar", "double_value": "varchar"
        }
    }]')
{%- endmacro %}

{% macro spark__entries_in_json(text) -%}
    from_json({{ text_in_json(text, '$') }}, 'array<struct<
        key: string,
        value: struct<string_value: string, int_value: string, float_value: string, double_value: string>
    >>')
{%- endmacro %}

{#- The objects of a JSON list as rows, their fields as columns (in a select list): `columns` maps a
    field to its type, and a field that an object lacks is null. -#}
{% macro rows_in_json(text, columns) -%}
    {{ adapter.dispatch('rows_in_json', 'stayhouse')(text, columns) }}
{%- endmacro %}

{% macro duckdb__rows_in_json(text, columns) -%}
    unnest(from_json({{ text }}, '[{ {%- for name, type in columns.items() -%}
        "{{ name }}": "{{ type }}"{{ ', ' if not loop.last }}
    {%- endfor -%} }]'), recursive := true)
{%- endmacro %}

{% macro spark__rows_in_json(text, columns) -%}
    inline(from_json({{ text }}, 'array<struct<
        {%- for name, type in columns.items() -%}
        {{ name }}: {{ 'string' if type == 'varchar' else type }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    >>'))
{%- endmacro %}

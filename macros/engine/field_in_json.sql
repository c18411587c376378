{#- The text of a field of a JSON object whose name is an expression; null where there is none. -#}
{% macro field_in_json(text, name) -%}
    {{ adapter.dispatch('field_in_json', 'stayhouse')(text, name) }}
{%- endmacro %}

{% macro duckdb__field_in_json(text, name) -%}
    case when json_valid({{ text }}) then json_extract_string({{ text }}, concat('$."', {{ name }}, '"')) end
{%- endmacro %}

{% macro spark__field_in_json(text, name) -%}
    get_json_object({{ text }}, concat('$.', {{ name }}))
{%- endmacro %}

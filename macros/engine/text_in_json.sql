{#- What stands in a JSON text at a path such as `$[0].id`, as text; null where nothing stands
    there, and where the text is no JSON, which must not stop a build. -#}
{% macro text_in_json(text, path) -%}
    {{ adapter.dispatch('text_in_json', 'stayhouse')(text, path) }}
{%- endmacro %}

{% macro duckdb__text_in_json(text, path) -%}
    case when json_valid({{ text }}) then json_extract_string({{ text }}, '{{ path }}') end
{%- endmacro %}

{#- Spark reads broken JSON up to the first fault, so the text is parsed inside a list first, where
    it does not. -#}
{% macro spark__text_in_json(text, path) -%}
    case
        when try_parse_json(concat('[', {{ text }}, ']')) is not null and trim({{ text }}) <> 'null'
            then get_json_object({{ text }}, '{{ path }}')
    end
{%- endmacro %}

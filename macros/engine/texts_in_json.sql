{#- What stands in a JSON text at each of some paths, as a list of texts for `nth_of`: as
    `text_in_json` for each, but the text is parsed once. Null where it is no JSON. -#}
{% macro texts_in_json(text, paths) -%}
    {{ adapter.dispatch('texts_in_json', 'stayhouse')(text, paths) }}
{%- endmacro %}

{% macro duckdb__texts_in_json(text, paths) -%}
    case when json_valid({{ text }}) then json_extract_string({{ text }}, ['{{ paths | join("', '") }}']) end
{%- endmacro %}

{% macro spark__texts_in_json(text, paths) -%}
    case
        when {{ text_in_json(text, '$') }} is not null
            then array(
                {%- for path in paths %}get_json_object({{ text }}, '{{ path }}'){{ ', ' if not loop.last }}{% endfor -%}
            )
    end
{%- endmacro %}

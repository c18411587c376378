{#- Text as a boolean; null unless it is one of the words that say one, in the languages that
    `stayhouse new-source` reads. -#}
{% macro boolean_value(text) -%}
    case
        when lower(trim({{ text }})) in (
            'true', 't', 'yes', 'y', '1', 'ja', 'oui', 'sí', 'si', 'tak', '是'
        ) then true
        when lower(trim({{ text }})) in (
            'false', 'f', 'no', 'n', '0', 'nein', 'non', 'nie', '否'
        ) then false
    end
{%- endmacro %}

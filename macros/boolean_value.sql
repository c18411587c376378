{#- Text as a boolean; null unless it is one of the words that say one, in the languages that
    `stayhouse new-source` reads. -#}
{% macro boolean_value(text) -%}
    case
        when lower(trim({{ text }})) in (
            'true', 't', 'yes', 'y', '1', 'ja', 'oui', 'sí', 'sì', 'si', 'tak', 'sim', '是'
        ) then true
        when lower(trim({{ text }})) in (
            'false', 'f', 'no', 'n', '0', 'nein', 'non', 'nie', 'nee', 'não', 'nao', '否'
        ) then false
    end
{%- endmacro %}

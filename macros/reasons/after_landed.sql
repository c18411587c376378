{#- Why a row is rejected that says it happened after it landed: the first such column, as in
    'updated_after_landed'; else null. A day is left for clocks that run ahead. One such instant
    would move the clock of the whole warehouse, or be the latest version for ever. Expects
    landed_at, which is null in batches that landed before landing noted it. -#}
{% macro after_landed(columns) -%}
    case
        {%- for column in columns %}
        when {{ is_after_landed(column) }} then '{{ column | replace('_at', '') }}_after_landed'
        {%- endfor %}
    end
{%- endmacro %}

{#- Why a row is rejected whose optional columns do not all say what they should: the first that has
    a value which is nothing of its type, such as 'invalid_updated_at' for 'soon'; else null. A value
    is never taken for a missing one. Expects each column as landed too, by `as_landed`. -#}
{% macro unreadable(columns) -%}
    case
        {%- for column in columns %}
        when
            {{ column }} is null
            and raw_{{ column }} is not null
            and {{ code_value('raw_' ~ column) }} is not null
            then 'invalid_{{ column }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- Why a page or guide is rejected: the first reason that applies, else null. -#}
{% macro content_reason_code() -%}
    case
        when content_id is null then 'missing_content_id'
    end
{%- endmacro %}

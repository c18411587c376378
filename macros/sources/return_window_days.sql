{#- Days in which a source takes goods back; 0 for a source that lands no refunds. -#}
{% macro return_window_days(source_name) -%}
    {%- set with_refunds = [] -%}
    {%- for name, tables in source_tables().items() if 'refunds' in tables -%}
        {%- do with_refunds.append("'" ~ name ~ "'") -%}
    {%- endfor -%}
    {%- if with_refunds -%}
        case when {{ source_name }} in ({{ with_refunds | join(', ') }}) then {{ setting('return_window_days') }} else 0 end
    {%- else -%}
        0
    {%- endif -%}
{%- endmacro %}

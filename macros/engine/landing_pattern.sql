{#- What lies in the landing folder, as a pattern of DuckDB's inside a SQL literal. Only the pattern
    given is one: a folder above may have any name, brackets and quotes included. -#}
{% macro landing_pattern(pattern) -%}
    {%- set root = modules.re.sub('([*?[])', '[\\1]', landing_root()) -%}
    {{ return((root ~ '/' ~ pattern) | replace("'", "''")) }}
{%- endmacro %}

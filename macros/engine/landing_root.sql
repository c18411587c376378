{#- The folder that sources land in: STAYHOUSE_LANDING, else the sample shop, which is nobody's beside
    tables that are read where they stand, or in another project: then a place that holds nothing. -#}
{% macro landing_root() -%}
    {%- set sample = '/dev/null' if is_package() or read_tables() else 'seeds/sample' -%}
    {{ return(env_var('STAYHOUSE_LANDING', '') or sample) }}
{%- endmacro %}

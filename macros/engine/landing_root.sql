{#- The folder that sources land in: STAYHOUSE_LANDING, else the sample shop. -#}
{% macro landing_root() -%}
    {{ return(env_var('STAYHOUSE_LANDING', '') or 'seeds/sample') }}
{%- endmacro %}

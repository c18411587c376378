{#- Whether a staging view takes part: it is built, or nothing runs. `stayhouse build` leaves out
    those of sources of which nothing has landed, so that no shop pays for platforms that it does
    not have. -#}
{% macro is_staged(view) -%}
    {{ return(not is_running() or adapter.dispatch('is_staged', 'stayhouse')(view)) }}
{%- endmacro %}

{% macro duckdb__is_staged(view) -%}
    {{ return(load_cached_relation(view) is not none) }}
{%- endmacro %}

{#- Whoever runs on Spark builds all of staging. -#}
{% macro spark__is_staged(view) -%}
    {{ return(true) }}
{%- endmacro %}

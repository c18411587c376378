{#- The number of the next load. Numbers go on after a rebuild, so that nobody takes a new load for
    one it has taken. -#}
{% macro next_load_id() -%}
    {%- set earlier = load_cached_relation(this) if is_running() else none -%}
    {%- if earlier is none -%}
        1
    {%- else -%}
        {{ run_query('select coalesce(max(load_id), 0) + 1 from ' ~ earlier).rows[0][0] }}
    {%- endif -%}
{%- endmacro %}

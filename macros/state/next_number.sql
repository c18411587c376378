{#- The number of the next load, or of another thing that a column of this model counts. Numbers go on
    after a rebuild, so that nobody takes a new one for one it has taken. -#}
{% macro next_number(column) -%}
    {%- set earlier = load_cached_relation(this) if is_running() else none -%}
    {%- if earlier is none -%}
        1
    {%- else -%}
        {{ run_query('select coalesce(max(' ~ column ~ '), 0) + 1 from ' ~ earlier).rows[0][0] }}
    {%- endif -%}
{%- endmacro %}

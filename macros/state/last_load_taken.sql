{#- The last load that a state model has taken, as a literal where it can be asked; 0: none. -#}
{% macro last_load_taken() -%}
    {%- if not is_incremental() -%}{{ return(0) }}{%- endif -%}
    {%- set last_load = 'select coalesce(max(load_id), 0) from ' ~ this -%}
    {{ return(run_query(last_load).rows[0][0] if is_running() else '(' ~ last_load ~ ')') }}
{%- endmacro %}

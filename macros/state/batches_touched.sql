{#- The landed batches of events, {source: [numbers]}, that a ledger of loads has with another stamp:
    their files were written or touched since. `with_new`: also those that it does not have. -#}
{% macro batches_touched(ledger, with_new=false) -%}
    {%- set batches = {} -%}
    {%- set touched -%}
        select
            l.source_name,
            l.batch_id
        from ({{ landed_batches('events') }}) as l
        {{ 'left' if with_new else 'inner' }} join {{ ledger }} as t
            on l.source_name = t.source_name and l.batch_id = t.batch_id
        where t.batch_id is null or t.stamp <> l.stamp
    {%- endset -%}
    {%- for source_name, batch_id in (run_query(touched).rows if is_running() else []) -%}
        {%- do batches.setdefault(source_name, []).append(batch_id | int) -%}
    {%- endfor -%}
    {{ return(batches) }}
{%- endmacro %}

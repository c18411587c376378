{#- The batches of the loads that a state model has not taken yet, {source: [batch numbers]}: as
    literals, so that no other batch is opened. None where no ledger can be asked, under a unit test
    or in compiling for an empty warehouse: joining the ledger leaves the same rows. -#}
{% macro batches_to_take(ledger) -%}
    {%- if not is_running() or load_cached_relation(ledger) is none -%}{{ return(none) }}{%- endif -%}
    {%- set batches = {} -%}
    {%- for source_name, batch_id in run_query('select source_name, batch_id from ' ~ ledger ~ ' where load_id > ' ~ last_load_taken()).rows -%}
        {%- do batches.setdefault(source_name, []).append(batch_id | int) -%}
    {%- endfor -%}
    {{ return(batches) }}
{%- endmacro %}

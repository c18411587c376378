{#- dbt's own question, with one answer more. A state model is built anew when --full-refresh says
    so, and also when what it holds is no longer what has landed: a batch that it took is gone or
    was rewritten, or it was taken by other rules than today's. Nobody needs to think of it. -#}
{% macro should_full_refresh() -%}
    {%- set asked = config.get('full_refresh') -%}
    {%- if asked is none -%}{%- set asked = flags.FULL_REFRESH -%}{%- endif -%}
    {{ return(asked or (model.config.materialized == 'incremental' and state_is_stale())) }}
{%- endmacro %}

{#- Load numbers never repeat in a warehouse, so a state model is stale when the last load it took
    is not in the ledger of loads any more. The ledger itself is stale when a batch in it is, and
    when a batch has come that landed before one in it: it was taken away and is back, and of two
    copies of an event that of the earlier batch would have been the first. -#}
{% macro state_is_stale() -%}
    {%- set stored = load_cached_relation(this) if is_running() else none -%}
    {%- if stored is none -%}{{ return(false) }}{%- endif -%}
    {%- set ledger = this.incorporate(path={'identifier': 'int_batches__numbered'}) -%}
    {%- set is_ledger = this.identifier == ledger.identifier -%}
    {%- set columns = adapter.get_columns_in_relation(stored) | map(attribute='name') | list -%}
    {%- if 'load_id' not in columns or (is_ledger and 'content' not in columns) or load_cached_relation(ledger) is none -%}
        {{ return(true) }}{# from before there was state, or all of it #}
    {%- elif is_ledger -%}
        {%- set stale -%}
            select count(*)
            from {{ stored }} as t
            full join ({{ landed_batches('events') }}) as l
                on t.source_name = l.source_name and t.batch_id = l.batch_id
            left join (
                select source_name, max(batch_id) as batch_id from {{ stored }} group by source_name
            ) as taken
                on l.source_name = taken.source_name
            where
                l.batch_id is null
                or t.fingerprint <> '{{ state_fingerprint() }}'
                or (t.batch_id is null and l.batch_id < taken.batch_id)
        {%- endset -%}
    {%- else -%}
        {%- set stale -%}
            select count(*)
            from (select max(load_id) as load_id from {{ stored }}) as t
            left join {{ ledger }} as l on t.load_id = l.load_id
            where t.load_id is not null and l.load_id is null
        {%- endset -%}
    {%- endif -%}
    {{ return(run_query(stale).rows[0][0] > 0 or (is_ledger and is_rewritten(stored))) }}
{%- endmacro %}

{#- Whether a batch of the ledger holds something else than when it was taken. Most days no file has
    another size or time, and none is opened; one that was only touched, or copied, holds the same. -#}
{% macro is_rewritten(ledger) -%}
    {%- set touched = batches_touched(ledger) -%}
    {%- if not touched -%}{{ return(false) }}{%- endif -%}
    {%- set rewritten -%}
        select count(*)
        from {{ ledger }} as t
        inner join ({{ landed_batches('events') }}) as l
            on t.source_name = l.source_name and t.batch_id = l.batch_id and t.stamp <> l.stamp
        left join ({{ contents_of_batches('events', touched) }}) as c
            on t.source_name = c.source_name and t.batch_id = c.batch_id and t.content = c.content
        where c.batch_id is null
    {%- endset -%}
    {{ return(run_query(rewritten).rows[0][0] > 0) }}
{%- endmacro %}

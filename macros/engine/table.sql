{#- A table replaces the one of its name inside the transaction that makes it: who reads sees the
    one or the other, and where it fails the former stays. dbt-duckdb's own makes it beside and
    renames, each by a call of the adapter that costs more than most of our tables. A Python model
    writes by a connection of its own, so that its table is still made beside. With `changes`, the
    name of a log and the columns of its key, the rows of those keys alone are made anew that changed
    since the table was made, where the same SQL made it and the log was built since; of keys that
    are not in the log any more no row is left. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set existing = load_cached_relation(this) %}
    {%- set target = this.incorporate(type='table') %}
    {%- set language = model['language'] %}
    {%- set made = make_intermediate_relation(target) if language == 'python' else target %}
    {%- set changes = config.get('changes') %}
    {%- set new = changes_to_take(changes.log) if changes else {} %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if language == 'python' %}
        {%- do drop_relation_if_exists(load_cached_relation(made)) %}
    {%- elif existing is not none and new.after is not number %}
        {%- call statement('drop') %}drop {{ existing.type }} if exists {{ existing }}{% endcall %}
    {%- endif %}
    {%- call statement('main', language=language) %}
        {%- if new.after is number %}
            {%- set key = '(' ~ changes.key | join(', ') ~ ')' %}
            {%- set changed = key ~ ' in (select ' ~ key ~ ' from ' ~ new.log ~ ' where change_id > ' ~ new.after ~ ')' %}
            delete from {{ target }}
            where {{ changed }} or {{ key }} not in (select {{ key }} from {{ new.log }});
            insert into {{ target }} by name {{ compiled_code | replace(is_changed(changes.log), changed) }}
        {%- else %}
            {{- create_table_as(False, made, compiled_code, language) }}
        {%- endif %}
    {%- endcall %}
    {%- if changes %}
        {#- In the transaction of the rows: it tells of them or is not there. -#}
        {%- call statement('taken') %}comment on table {{ target }} is '{{ new.last }} {{ new.rules }}'{% endcall %}
    {%- endif %}
    {%- if language == 'python' %}
        {%- call statement('replace') %}
            {% if existing is not none %}drop {{ existing.type }} if exists {{ existing }};{% endif %}
            alter table {{ made }} rename to {{ target.identifier }}
        {%- endcall %}
    {%- endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do persist_docs(target, model) %}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{#- What a table has to take of a log of changes: `last`, the number of its last change; `rules`, a
    hash of its SQL and of that of what it reads; `after`, the last change that it took, or none
    where it has to be made whole. -#}
{% macro changes_to_take(log) -%}
    {%- set relation = api.Relation.create(database=this.database, schema=this.schema, identifier=log) -%}
    {%- set last = run_query('select coalesce(max(change_id), 0) from ' ~ relation).rows[0][0] -%}
    {%- set taken = {} -%}
    {%- set comments -%}
        select table_name, comment
        from duckdb_tables()
        where
            database_name = '{{ this.database }}' and schema_name = '{{ this.schema }}'
            and regexp_full_match(comment, '[0-9]+ [0-9a-f]{32}')
    {%- endset -%}
    {%- for name, comment in run_query(comments).rows -%}
        {%- do taken.update({name: comment.split(' ')}) -%}
    {%- endfor -%}
    {%- set rules = [model.compiled_code] -%}
    {%- for parent in model.depends_on.nodes | sort if parent in graph.nodes -%}
        {%- set by = taken.get(graph.nodes[parent].name, [none, graph.nodes[parent].raw_code])[1] -%}
        {%- do rules.append(by) -%}
    {%- endfor -%}
    {%- set new = {'log': relation, 'last': last, 'rules': local_md5(rules | join(' ')), 'after': none} -%}
    {%- if load_cached_relation(this) is not none and this.identifier in taken and not should_full_refresh() -%}
        {%- set after, by = taken[this.identifier][0] | int, taken[this.identifier][1] -%}
        {#- The log has counted a build since: otherwise nobody knows what has changed. -#}
        {%- if by == new.rules and after < last -%}
            {%- do new.update({'after': after}) -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(new) }}
{%- endmacro %}

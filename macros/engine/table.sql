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
            {#- What has not changed since is told at once, without keys of two columns in one. -#}
            delete from {{ target }} as t
            where not exists (
                select 1 from {{ new.log }} as l
                where l.change_id <= {{ new.after }}{% for c in changes.key %} and l.{{ c }} = t.{{ c }}{% endfor %}
            );
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

{#- What a table has to take of a log of changes: `after`, the last change that it took, or none where
    it has to be made whole; `last`, the last that it has taken then; `rules`, a hash of its SQL and of
    that of what it reads. -#}
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
        {%- set words = comment.split(' ') -%}
        {%- do taken.update({name: {'last': words[0] | int, 'rules': words[1]}}) -%}
    {%- endfor -%}
    {%- set rules = [model.compiled_code] -%}
    {%- set behind = [] -%}
    {%- for parent in model.depends_on.nodes | sort if parent in graph.nodes -%}
        {%- set name = graph.nodes[parent].name -%}
        {%- do rules.append(taken[name].rules if name in taken else graph.nodes[parent].raw_code) -%}
        {%- if name in taken and taken[name].last < last -%}{%- do behind.append(name) -%}{%- endif -%}
    {%- endfor -%}
    {%- set new = {'log': relation, 'last': last, 'rules': local_md5(rules | join(' ')), 'after': none} -%}
    {%- set earlier = taken.get(this.identifier) -%}
    {%- if load_cached_relation(this) is not none and earlier and not should_full_refresh() -%}
        {#- The log has counted a build since: otherwise nobody knows what has changed. -#}
        {%- if earlier.rules == new.rules and earlier.last < last -%}
            {%- do new.update({'after': earlier.last}) -%}
        {%- endif -%}
    {%- endif -%}
    {#- A table that it reads and that was left out has rows of before: all is taken once more. -#}
    {%- if behind -%}{%- do new.update({'last': new.after or 0}) -%}{%- endif -%}
    {{ return(new) }}
{%- endmacro %}

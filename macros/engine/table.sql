{#- A table replaces the one of its name inside the transaction that makes it: who reads sees the
    one or the other, and where it fails the former stays. dbt-duckdb's own makes it beside and
    renames, each by a call of the adapter that costs more than most of our tables. A Python model
    writes by a connection of its own, so that its table is still made beside. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set existing = load_cached_relation(this) %}
    {%- set target = this.incorporate(type='table') %}
    {%- set language = model['language'] %}
    {%- set made = make_intermediate_relation(target) if language == 'python' else target %}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if language == 'python' %}
        {%- do drop_relation_if_exists(load_cached_relation(made)) %}
    {%- elif existing is not none %}
        {%- call statement('drop') %}drop {{ existing.type }} if exists {{ existing }}{% endcall %}
    {%- endif %}
    {%- call statement('main', language=language) %}
        {{- create_table_as(False, made, compiled_code, language) }}
    {%- endcall %}
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

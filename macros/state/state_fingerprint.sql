{#- By which rules state was taken, as far as dbt can tell: the settings it depends on, the texts of
    its models, and what it reads as that stands in the warehouse: the rows of its seeds and the
    texts of the staging views of events. A view says whether its source had landed when it was
    built, and a build of a part leaves it and the seeds as they were: what is true of the files
    may not be true of them. The macros that state models use are not in it: after a change of one,
    run with --full-refresh. -#}
{% macro state_fingerprint() -%}
    {%- set seeds = [ref('event_types'), ref('bot_patterns')] -%}
    {%- set views = [] -%}
    {%- for source_name, tables in source_tables().items() if 'events' in tables -%}
        {%- do views.append(ref('stg_' ~ source_name ~ '__events')) -%}
    {%- endfor -%}
    {%- set rules = [setting('session_gap_seconds'), setting('time_zone')] -%}
    {%- if is_running() -%}
        {%- for node in graph.nodes.values() | sort(attribute='unique_id') 
            if node.package_name == 'stayhouse'
            and (node.config.materialized == 'incremental' or node.name == 'int_events__checked') -%}
            {%- do rules.append(node.name ~ '=' ~ node.checksum.checksum) -%}
        {%- endfor -%}
        {%- for seed in seeds if load_cached_relation(seed) is not none -%}
            {%- for row in run_query('select * from ' ~ seed).rows | map('join', '|') | sort -%}
                {%- do rules.append(row) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for view in views if load_cached_relation(view) is not none -%}
            {%- do rules.append(text_of_view(view)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(local_md5(rules | join(' ')) if is_running() else '') }}
{%- endmacro %}

{#- SQL that writes into the warehouse, after all else, how a build ended. A build that was killed
    does not get here, so its row still says that it has not ended. A run of tests alone changes the
    row only where a test of the data fails: the tables are then not to be published. -#}
{% macro note_build_end(results) -%}
    {%- if execute and not is_package() and last_build() is not none -%}
        {%- set writes = writes_tables() -%}
        {%- set bad = [] -%}
        {%- for result in results
            if result.status | string not in ['success', 'pass', 'warn', 'no-op', 'reused']
            and (writes or result.node.resource_type == 'test') -%}
            {#- What was skipped follows from a failure: name the failure. -#}
            {%- do bad.insert(bad | length if result.status | string == 'skipped' else 0, result) -%}
        {%- endfor -%}
        {%- if bad -%}
            {%- set more = ' and ' ~ (bad | length - 1) ~ ' more' if bad | length > 1 else '' -%}
            {%- set failure = bad[0].node.unique_id.split('.', 2)[-1] ~ ': ' ~ bad[0].status ~ more -%}
            {%- set state = "'failed'" -%}
        {%- else -%}
            {%- set state = "case when is_one_build then 'finished' else 'part' end" -%}
        {%- endif -%}
        {%- if bad or writes -%}
            update {{ build_token() }}
            set state = {{ state }}, failure = {{ text_literal(failure) }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

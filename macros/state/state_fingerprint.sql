{#- By which rules state was taken, as far as dbt can tell: the settings it depends on, and the
    texts of its models, of the staging models of events and of the seeds it reads. Macros are not
    in it: after a change of one that they use, run with --full-refresh. -#}
{% macro state_fingerprint() -%}
    {%- set rules = [setting('session_gap_seconds'), setting('time_zone')] -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id') -%}
        {%- if node.config.materialized == 'incremental'
            or (node.name.startswith('stg_') and node.name.endswith('__events'))
            or node.name in ['event_types', 'bot_patterns'] -%}
            {%- do rules.append(node.name ~ '=' ~ node.checksum.checksum) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(rules | join(' '))) }}
{%- endmacro %}

{#- SQL that writes into the warehouse, before anything else is written, that a build has begun and
    not ended: to publish what a killed one left would be to publish a mixture of two builds. The
    row says what the build is given, and whether the tables are one build's when it ends well: it
    makes them all, but for what is fitted (tag train: what was last fitted is applied) and for the
    staging of sources that have not landed, or they stand as such a build made them from the same
    landed files, settings and code. In another project nothing is written: publishing is not of it.
    A build of the sample stops over a warehouse of a shop's own. -#}
{% macro note_build_start() -%}
    {%- if execute and writes_tables() -%}
        {%- set inputs = build_inputs() -%}
        {%- set batches = inputs.batches if inputs is not none else {} -%}
        {%- do check_reads(batches) -%}
        {%- if is_package() -%}
            {%- do check_package(batches) -%}
        {%- elif inputs is not none -%}
            {%- if flags.WHICH in ['build', 'run'] and not batches and not read_tables() -%}
                {{ exceptions.raise_compiler_error("Nothing has landed in " ~ landing_root() ~ ": run `stayhouse land <source> <path>` first, or unset STAYHOUSE_LANDING to build the sample shop.") }}
            {%- endif -%}
            {%- set last = last_build() -%}
            {%- set is_sample = landing_root() == 'seeds/sample' -%}
            {%- if is_sample and last is not none and fromjson(last[1]).get('is_sample') is false -%}
                {{ exceptions.raise_compiler_error("STAYHOUSE_LANDING is not set, and this warehouse was built of what has landed: the sample, an invented shop, would take its place. Set it as it was (`make build` reads .env, dbt alone does not: `set -a; . ./.env; set +a`), or set STAYHOUSE_DB to another file for the sample.") }}
            {%- endif -%}
            {%- set code_commit = inputs.pop('code_commit') -%}
            {%- set known = setting() + ['sources', 'prices_include_tax', 'reads'] -%}
            {%- for name in invocation_args_dict.get('vars') or {} if name not in known -%}
                {{ exceptions.raise_compiler_error("There is no var '" ~ name ~ "': it is one of " ~ known | sort | join(', ') ~ ".") }}
            {%- endfor -%}
            {%- set settings = {'sources': source_tables()} -%}
            {%- do settings.update({'reads': read_tables()}) if read_tables() -%}
            {%- for name in setting() -%}
                {%- do settings.update({name: setting(name) | trim | trim("'")}) -%}
            {%- endfor -%}
            {%- set given = (invocation_args_dict.get('vars') or {}).keys() | sort -%}
            {%- set inputs = tojson(dict(inputs, vars=settings, given=given, is_sample=is_sample), sort_keys=true) -%}
            {%- set landed = read_tables().keys() | list -%}
            {%- for table_name in batches -%}{%- do landed.append(table_name.split('.')[0]) -%}{%- endfor -%}
            {%- set left_out = [] -%}
            {%- for node in graph.nodes.values()
                if node.resource_type in ['model', 'seed', 'snapshot'] and 'train' not in node.tags
                and node.unique_id not in selected_resources
                and (node.fqn[1] != 'staging' or node.fqn[2] in landed) -%}
                {%- do left_out.append(node.name) -%}
            {%- endfor -%}
            {#- What stands in tables that are read may have changed without a trace here. -#}
            {%- set is_same = last is not none and last[0] == 'finished' and last[1] == inputs and not read_tables() -%}
            {%- set is_whole = flags.WHICH == 'build' and not left_out -%}
            {%- set is_empty = invocation_args_dict.get('empty') or invocation_args_dict.get('sample') -%}
            create or replace table {{ build_token() }} as
            select
                'unfinished' as state,
                cast(null as string) as failure,
                {{ (is_whole or is_same) and not is_empty }} as is_one_build,
                {{ text_literal(code_commit) }} as code_commit,
                {{ text_literal(inputs) }} as inputs
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}

{#- Stops a run before it starts where no source has landed anything: every mart would be empty. -#}
{% macro stop_if_nothing_landed() -%}
    {%- if execute and flags.WHICH in ['build', 'run'] -%}
        {%- do adapter.dispatch('stop_if_nothing_landed', 'stayhouse')() -%}
    {%- endif -%}
{%- endmacro %}

{% macro duckdb__stop_if_nothing_landed() -%}
    {%- set root = landing_root() -%}
    {%- set found = run_query("select count(*) from glob('" ~ landing_pattern('*/*/batch_id=*/*.parquet') ~ "')") -%}
    {%- if found.rows[0][0] == 0 -%}
        {{ exceptions.raise_compiler_error("Nothing has landed in " ~ root ~ ": run `stayhouse land <source> <path>` first, or unset STAYHOUSE_LANDING to build the sample shop.") }}
    {%- endif -%}
{%- endmacro %}

{#- Spark reads its landing folder by path and names the one it does not find. -#}
{% macro spark__stop_if_nothing_landed() -%}
{%- endmacro %}

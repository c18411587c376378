{#- Sources and the canonical tables each provides: var `sources`, validated. Returns a dict. -#}
{% macro source_tables() -%}
    {%- set sources = var('sources', {}) -%}
    {%- set known = canonical_columns().keys() | list -%}
    {%- if sources is not mapping or not sources -%}
        {{ exceptions.raise_compiler_error("Var 'sources' must name at least one source, such as {shop: [events, orders]}.") }}
    {%- endif -%}
    {%- for source_name, tables in sources.items() -%}
        {%- if not modules.re.fullmatch('[a-z][a-z0-9_]*', source_name) -%}
            {{ exceptions.raise_compiler_error("Var 'sources': '" ~ source_name ~ "' is not a source name (lower case letters, digits and _).") }}
        {%- endif -%}
        {%- for table_name in tables if table_name not in known -%}
            {{ exceptions.raise_compiler_error("Var 'sources': " ~ source_name ~ " lists '" ~ table_name ~ "', which is none of " ~ known | join(', ') ~ ".") }}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(sources) }}
{%- endmacro %}

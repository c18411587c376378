{#- Whether a source's prices and refunds include tax: var `prices_include_tax`, a mapping of sources
    to true or false, validated. A source that it does not name sells without. -#}
{% macro prices_include_tax(source_name) -%}
    {%- set answers = var('prices_include_tax', {}) or {} -%}
    {%- if answers is not mapping -%}
        {{ exceptions.raise_compiler_error("Var 'prices_include_tax' must map sources to true or false, such as {shop: true}.") }}
    {%- endif -%}
    {%- set with_tax = [] -%}
    {%- for name, answer in answers.items() -%}
        {%- if name not in source_tables() -%}
            {{ exceptions.raise_compiler_error("Var 'prices_include_tax' names '" ~ name ~ "', which is no source of var 'sources'.") }}
        {%- elif answer is not boolean -%}
            {{ exceptions.raise_compiler_error("Var 'prices_include_tax' of '" ~ name ~ "' is '" ~ answer ~ "': it must be true or false.") }}
        {%- endif -%}
        {%- do with_tax.append("'" ~ name ~ "'") if answer -%}
    {%- endfor -%}
    {%- if with_tax -%}
        {{ source_name }} in ({{ with_tax | join(', ') }})
    {%- else -%}
        false
    {%- endif -%}
{%- endmacro %}

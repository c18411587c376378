{#- Whether a model runs against the warehouse: neither parsed nor under a unit test, whose inputs
    are no relations that a query of a macro could read. -#}
{% macro is_running() -%}
    {{ return(execute and graph.sources is defined) }}
{%- endmacro %}

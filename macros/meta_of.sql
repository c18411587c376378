{#- What the YAML of a model says under `meta`; nothing while nothing runs, since the graph is not
    known then. A model that reads it must also `depends_on` the other one, to be built after it. -#}
{% macro meta_of(model) -%}
    {{ return(graph.nodes['model.stayhouse.' ~ model].config.meta if is_running() else {}) }}
{%- endmacro %}

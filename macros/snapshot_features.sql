{#- The features of `customer_snapshots`: its columns with a family, as its YAML lists them. Each
    has `name`, `family` and `unit`. Where the graph is not known (parsing, linting, a unit test
    that does not override this) there is one example feature. -#}
{% macro snapshot_features() -%}
    {%- set features = [] -%}
    {%- if is_running() -%}
        {%- set snapshots = graph.nodes['model.' ~ project_name ~ '.customer_snapshots'] -%}
        {%- for column in snapshots.columns.values() if column.config.meta.family -%}
            {%- do features.append({
                'name': column.name,
                'family': column.config.meta.family,
                'unit': column.config.meta.unit,
            }) -%}
        {%- endfor -%}
    {%- else -%}
        {%- do features.append({'name': 'recency_days', 'family': 'recency', 'unit': 'days'}) -%}
    {%- endif -%}
    {{ return(features) }}
{%- endmacro %}

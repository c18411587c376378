{#- The features of `customer_snapshots`: its columns with a family, as its YAML lists them, with
    `name`, `type`, `family`, `unit`, `direction`, `usual`, `outweighs` and `sentences`. Where nothing runs
    (parsing, linting, a unit test that does not say otherwise) the graph is not known, and one
    stands for all. -#}
{% macro snapshot_features() -%}
    {%- set features = [] -%}
    {%- if is_running() -%}
        {%- set snapshots = graph.nodes['model.stayhouse.customer_snapshots'] -%}
        {%- for column in snapshots.columns.values() if column.config.meta.family -%}
            {%- do features.append({
                'name': column.name,
                'type': column.data_type | lower,
                'family': column.config.meta.family,
                'unit': column.config.meta.unit,
                'direction': column.config.meta.direction,
                'usual': column.config.meta.usual,
                'outweighs': column.config.meta.outweighs,
                'sentences': column.config.meta.sentences or [],
            }) -%}
        {%- endfor -%}
    {%- else -%}
        {%- do features.append({
            'name': 'recency_days', 'type': 'bigint', 'family': 'recency', 'unit': 'days',
            'sentences': [{'en': 'silent', 'zh': '沉默'}]
        }) -%}
    {%- endif -%}
    {{ return(features) }}
{%- endmacro %}

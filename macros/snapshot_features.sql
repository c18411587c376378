{#- The features of customer_snapshots as rows of (feature, family, unit): the meta of its columns
    is their one home. What classifiers read and has no family stops the build with one sentence. -#}
{% macro snapshot_features() -%}
    {%- set found = namespace(rows=[], names=[]) -%}
    {%- if execute -%}
        {%- set snapshots = graph.nodes['model.' ~ project_name ~ '.customer_snapshots'] -%}
        {%- set classifiers = graph.nodes['model.' ~ project_name ~ '.ml_churn_classifiers'] -%}
        {%- for name, column in snapshots.columns.items() -%}
            {%- set meta = column.meta or (column.config or {}).get('meta') or {} -%}
            {%- if meta.get('family') and meta.get('unit') -%}
                {%- do found.names.append(name) -%}
                {%- do found.rows.append((name, meta['family'], meta['unit'])) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for name in classifiers.config.meta.get('features') or [] -%}
            {%- if name not in found.names -%}
                {{ exceptions.raise_compiler_error("models/features/customer_snapshots.yml: the feature '" ~ name ~ "' has no family and unit: add meta {family: ..., unit: ...} to its column, or take it off python_models/churn/ml_churn_classifiers.yml.") }}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found.rows) }}
{%- endmacro %}

{#- The sentences that tell a reason, as the YAML of `customer_snapshots` lists them: those of each
    feature, then those of each family. Each is a family, a feature or none, and its own words. -#}
{% macro reason_sentences() -%}
    {%- set sentences = [] -%}
    {%- for feature in snapshot_features() -%}
        {%- for sentence in feature.sentences -%}
            {%- do sentences.append((feature.family, feature.name, sentence)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for family, said in meta_of('customer_snapshots').get('families', {}).items() -%}
        {%- for sentence in said.sentences or [] -%}
            {%- do sentences.append((family, none, sentence)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(sentences) }}
{%- endmacro %}

{#- What every staged row starts with: its source, its copies' hash, why it is rejected if it is, its
    text then, without personal data, and where it landed. -#}
{% macro staged_facts(source) -%}
    '{{ source }}' as source_name,
    row_hash,
    reason_code,
    case when reason_code is not null then {{ redacted(written_values('raw_values')) }} end as raw_values,
    batch_id,
    landed_row,
    data_until
{%- endmacro %}

{#- The rows of one canonical table from every source that stages it, in canonical columns;
    typed and empty where no source does, so that what reads it is empty and never broken.
    `batches`: of each source only these batch numbers ({source: [numbers]}); none: all. Of more than
    a thousand the span is taken: a loader may stamp each row, and who asks joins its ledger. -#}
{% macro union_sources(table_name, batches=none) -%}
    {%- set columns = dict(landing_columns(), **canonical_columns(table_name)['columns']) -%}
    {%- set views = {} -%}
    {%- for source_name, tables in source_tables().items() if table_name in tables -%}
        {%- set view = ref('stg_' ~ source_name ~ '__' ~ table_name) -%}
        {%- if is_staged(view) -%}{%- do views.update({source_name: view}) -%}{%- endif -%}
    {%- endfor -%}
    {%- for source_name, view in views.items() -%}
    select
        {% for column in columns -%}
        {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    from {{ view }}
    {%- if batches is not none %}
    {%- set numbers = batches[source_name] or [] %}
    where {% if numbers | length > 1000 %}batch_id between {{ numbers | min }} and {{ numbers | max }}{% elif numbers %}batch_id in ({{ numbers | join(', ') }}){% else %}false{% endif %}
    {%- endif %}
    {{ 'union all' if not loop.last }}
    {% else -%}
    select
        {% for column, type in columns.items() -%}
        cast(null as {{ 'string' if type == 'varchar' else type }}) as {{ column }}{{ ',' if not loop.last }}
        {% endfor %}
    where false
    {%- endfor -%}
{%- endmacro %}

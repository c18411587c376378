{#- A model's relations to other marts, in one test. Each row finds exactly one partner: the row of
    `to` whose `of` columns (by default columns of the same names) equal `columns`; a row with a
    null among them asks for none. Where a partner may be missing, since sources do not promise it,
    `may_lack` says so; several partners are a failure all the same, for a join would count double.
    Where the partner's own test `grain` says so of the same columns, it is not asked again.
    docs/dictionary.md and its diagram are made from these. -#}
{% test relations(model, related) %}
{%- set grains = {} -%}
{%- set nodes = graph.nodes or {} -%}
{%- for test in nodes.values() if (test.test_metadata or {}).name == 'grain' -%}
    {%- set name = (test.attached_node or '').split('.') | last -%}
    {%- do grains.update({name: test.test_metadata.kwargs.columns}) -%}
{%- endfor -%}
{% for relation in related %}
    {% set here = relation['columns'] -%}
    {% set there = relation.get('of', here) -%}
    {% if not relation.get('may_lack', false) -%}
    select
        '{{ here | join(', ') }}' as columns,
        'no partner in {{ relation['to'].name }}' as problem,
        count(*) as row_count
    from {{ model }} as child
    where
        {{ here | join(' is not null and ') }} is not null
        and not exists (
            select 1 from {{ relation['to'] }} as parent
            where {% for column in here -%}
                parent.{{ there[loop.index0] }} = child.{{ column }}{{ ' and ' if not loop.last }}
            {%- endfor %}
        )
    having count(*) > 0
    union all
    {% endif -%}
    {% if there | sort != grains.get(relation['to'].name, []) | sort -%}
    select
        '{{ here | join(', ') }}' as columns,
        'several partners in {{ relation['to'].name }}' as problem,
        count(*) as row_count
    from (
        select {{ there | join(', ') }}
        from {{ relation['to'] }}
        where {{ there | join(' is not null and ') }} is not null
        group by {{ there | join(', ') }}
        having count(*) > 1
    ) as repeated
    having count(*) > 0
    union all
    {% endif -%}
{% endfor %}
select '' as columns, '' as problem, 0 as row_count where false
{% endtest %}

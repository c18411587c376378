{#- A model's grain: its key columns are never null and never repeat. One test a model, on exactly
    the columns that the description's first sentence names. `optional` lists key columns that may
    be null (a row without a day, say); a null is then a value of its own. -#}
{% test grain(model, columns, optional=[]) %}
    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having
        count(*) > 1
        {% for column in columns if column not in optional -%}
        or {{ column }} is null
        {% endfor %}
{% endtest %}

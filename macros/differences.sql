{#- The rows in which two relations differ, for a law: by key, what each says of each value. A row that
    one of them lacks differs too; so does a null from what is none. Keys in `nullable` may be null. -#}
{% macro differences(one, other, by, of, nullable=[]) -%}
    select
        {%- for key in by %}
        coalesce(a.{{ key }}, b.{{ key }}) as {{ key }},
        {%- endfor %}
        {%- for value in of %}
        a.{{ value }} as {{ value }}_of_one,
        b.{{ value }} as {{ value }}_of_other{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ one }} as a
    full outer join {{ other }} as b
        on
            {%- for key in by %}
            {{ 'and ' if not loop.first }}a.{{ key }} {{ 'is not distinct from' if key in nullable else '=' }} b.{{ key }}
            {%- endfor %}
    where
        a.{{ by[0] }} is null
        or b.{{ by[0] }} is null
        {%- for value in of %}
        or a.{{ value }} is distinct from b.{{ value }}
        {%- endfor %}
{%- endmacro %}

-- When lists are made: now, and at two past cut-offs after which 90 days are over by now, so that
-- what people then bought judges the lists. Models are chosen by the first, judged by the second.
{%- set window_days = 90 %}

with clock as (
    select * from {{ ref('clock') }}
),

final as (
    {% for cutoff, windows in [('validation', 2), ('test', 1), ('now', 0)] -%}
    select
        '{{ cutoff }}' as cutoff,
        {{ add_days('as_of_at', -windows * window_days) }} as cutoff_at,
        {{ add_days('as_of_at', (1 - windows) * window_days) }} as until_at
    from clock
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
)

select * from final

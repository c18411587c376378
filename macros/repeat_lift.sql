{#- How often a group's buyers have bought again, over how often all buyers have by that cut-off:
    a share alone would rise with the shop's age, and tell one cut-off from another. As many buyers
    as the prior counts, who came back like all, are added to the group, so that a small one says
    little. For a query that is grouped by cut-off and group. -#}
{% macro repeat_lift(purchase_count, cut_off_at) -%}
    {%- set prior = 100 -%}
    {%- set again = 'count(case when ' ~ purchase_count ~ ' > 1 then 1 end)' -%}
    (
        {{ prior }}
        + {{ again }} * sum(count(*)) over (partition by {{ cut_off_at }})
        / cast(nullif(sum({{ again }}) over (partition by {{ cut_off_at }}), 0) as double)
    ) / ({{ prior }} + count(*))
{%- endmacro %}

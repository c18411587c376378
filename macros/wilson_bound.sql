{#- One bound of the Wilson score interval of a proportion, 95 %, within 0 and 1; null without
    trials. `side` is '-' (low) or '+' (high). Source: Wilson 1927; DEFINITIONS, Retention. -#}
{% macro wilson_bound(successes, trials, side) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set p = '(cast(' ~ successes ~ ' as double) / nullif(' ~ trials ~ ', 0))' -%}
    {%- set centre = p ~ ' + ' ~ (z * z / 2) ~ ' / ' ~ trials -%}
    {%- set spread = z ~ ' * sqrt(' ~ p ~ ' * (1 - ' ~ p ~ ') / ' ~ trials
        ~ ' + ' ~ (z * z / 4) ~ ' / (' ~ trials ~ ' * ' ~ trials ~ '))' -%}
    least(1, greatest(0, ({{ centre }} {{ side }} {{ spread }}) / (1 + {{ z * z }} / {{ trials }})))
{%- endmacro %}

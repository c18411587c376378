{#- One bound of the Wilson score interval (Wilson 1927) of a proportion, 95 %; null without trials.
    `side` is '-' (low) or '+' (high). -#}
{% macro wilson_bound(successes, trials, side) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set p = '(cast(' ~ successes ~ ' as double) / nullif(' ~ trials ~ ', 0))' -%}
    {%- set centre = p ~ ' + ' ~ (z * z / 2) ~ ' / ' ~ trials -%}
    {%- set spread = z ~ ' * sqrt(' ~ p ~ ' * (1 - ' ~ p ~ ') / ' ~ trials
        ~ ' + ' ~ (z * z / 4) ~ ' / (' ~ trials ~ ' * ' ~ trials ~ '))' -%}
    case
        when {{ trials }} = 0 then null
        -- The bound is exact there, and the formula misses it in the last digit.
        when {{ successes }} = {{ 0 if side == '-' else trials }} then {{ 0 if side == '-' else 1 }}
        else ({{ centre }} {{ side }} {{ spread }}) / (1 + {{ z * z }} / {{ trials }})
    end
{%- endmacro %}

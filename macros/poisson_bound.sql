{#- One bound of the score interval of the mean of a Poisson distribution (Rao 1948), 95 %: the means
    that `count` events in `trials` trials do not contradict, so that (count / trials - mean) is at
    most z standard errors *at that mean*. `side` is '-' (low) or '+' (high); trials are above 0. -#}
{% macro poisson_bound(count, trials, side) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set mean = 'cast(' ~ count ~ ' as double) / ' ~ trials -%}
    case
        -- The bound is exact there, and the formula might miss it in the last digit.
        when {{ count }} = 0 and '{{ side }}' = '-' then 0
        else
            {{ mean }} + {{ z * z / 2 }} / {{ trials }}
            {{ side }} {{ z }} * sqrt(
                {{ mean }} / {{ trials }} + {{ z * z / 4 }} / (cast({{ trials }} as double) * {{ trials }})
            )
    end
{%- endmacro %}

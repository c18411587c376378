{#- 1 - P(order in the next `horizon_days`) by the BG/NBD model, in closed form
    (docs/definitions.md, section 7); `fit` is the alias of a row of bg_nbd_fits, whose rates are
    per week. The exponent is capped so that exp() cannot overflow; at the cap the probability of
    being alive is 0 anyway. -#}
{% macro bg_nbd_no_order_probability(
    fit, purchase_count, recency_days, tenure_days, horizon_days
) -%}
    {%- set shape = fit ~ '.r + ' ~ purchase_count ~ ' - 1' -%}
    {%- set age = 'cast(' ~ days_of_bg_nbd(recency_days, tenure_days) ~ ' as double) / 7' -%}
    {%- set last = 'cast(' ~ tenure_days ~ ' - ' ~ recency_days ~ ' as double) / 7' -%}
    1 - (
        1 - exp(
            ({{ shape }}) * (
                ln({{ fit }}.alpha + {{ age }})
                - ln({{ fit }}.alpha + {{ age }} + cast({{ horizon_days }} as double) / 7)
            )
        )
    ) / (
        1 + case
            when {{ purchase_count }} > 1
                then {{ fit }}.a / ({{ fit }}.b + {{ purchase_count }} - 2) * exp(
                    least(
                        ({{ shape }}) * (
                            ln({{ fit }}.alpha + {{ age }}) - ln({{ fit }}.alpha + {{ last }})
                        ),
                        690
                    )
                )
            else 0
        end
    )
{%- endmacro %}

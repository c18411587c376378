{#- P(still a customer) by the BG/NBD model, in closed form (docs/definitions.md, section 7); `fit`
    and `person` are aliases of a row of ml_value_fits and one of int_value__people. The exponent is
    capped as in `stayhouse.purchasing.bg_nbd`. -#}
{% macro bg_nbd_p_alive(fit, person) -%}
    case
        when {{ person }}.repeat_count > 0
            then
                1 / (
                    1 + {{ fit }}.a / ({{ fit }}.b + {{ person }}.repeat_count - 1) * exp(
                        least(
                            ({{ fit }}.r + {{ person }}.repeat_count) * (
                                ln({{ fit }}.alpha + cast({{ person }}.age_days as double) / 7)
                                - ln(
                                    {{ fit }}.alpha
                                    + cast({{ person }}.last_repeat_days as double) / 7
                                )
                            ),
                            690
                        )
                    )
                )
        else 1
    end
{%- endmacro %}

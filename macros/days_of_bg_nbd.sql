{#- T of the BG/NBD model: days from the first purchase day to the last day before the cut-off. The
    cut-off is a UTC instant, so its own local day may already hold a purchase. -#}
{% macro days_of_bg_nbd(recency_days, tenure_days) -%}
    {{ tenure_days }} - least(1, {{ recency_days }})
{%- endmacro %}

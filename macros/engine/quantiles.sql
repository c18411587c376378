{#- Several quantiles of a column at once, each a value that occurs: at `q` the smallest value that
    at least the share `q` of the values does not exceed. Read them with `nth_of`. -#}
{% macro quantiles(value, shares) -%}
    {{ adapter.dispatch('quantiles', 'stayhouse')(value, shares) }}
{%- endmacro %}

{% macro duckdb__quantiles(value, shares) -%}
    quantile_disc({{ value }}, [{{ shares | join(', ') }}])
{%- endmacro %}

{% macro spark__quantiles(value, shares) -%}
    percentile_approx({{ value }}, array({{ shares | join(', ') }}), 1000000)
{%- endmacro %}

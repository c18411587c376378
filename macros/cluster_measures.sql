{#- The measures that clusters are made of, columns of `int_clusters__measured`. -#}
{% macro cluster_measures() -%}
    {{ return([
        'recency_days',
        'order_count',
        'category_count',
        'net_sales',
        'mean_order_value',
        'coupon_share',
        'units_per_order',
        'visits_per_order',
    ]) }}
{%- endmacro %}

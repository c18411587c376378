{#- What profile rules may ask for: columns of `int_profile_facts`, each with what it holds. -#}
{% macro profile_columns() -%}
    {{ return({
        'age_band': 'words',
        'gender': 'words',
        'income_band': 'words',
        'country': 'words',
        'city': 'words',
        'main_device': 'words',
        'main_category': 'words',
        'signed_up_days': 'number',
        'order_count': 'number',
        'net_sales': 'number',
        'mean_order_value': 'number',
        'coupon_share': 'number',
        'sessions_30d': 'number',
        'minutes_30d': 'number',
        'has_marketing_consent': 'flag',
    }) }}
{%- endmacro %}

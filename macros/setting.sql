{#- The value of a project var as a SQL literal, validated: the only place where vars are read.
    Vars are pasted into SQL, so a value of another form stops the build with one sentence. Without
    a name: the names of all. -#}
{% macro setting(name=none) -%}
    {%- set forms = {
        'as_of': 'instant',
        'time_zone': 'time_zone',
        'base_currency': 'currency',
        'return_window_days': 'whole',
        'session_gap_seconds': 'positive',
        'shared_device_max_customers': 'positive',
        'bot_max_events': 'positive',
        'bot_min_paced_events': 'positive',
        'rejection_warn_rate': 'rate',
        'rejection_stop_rate': 'rate',
        'max_line_breaks': 'positive',
        'retention_min_cell_size': 'positive',
        'rfm_history_months': 'positive',
        'rhythm_min_people': 'positive',
        'referral_window_days': 'positive',
        'behavior_window_days': 'positive',
        'slow_page_ms': 'positive',
        'cart_window_days': 'positive',
        'search_min_people': 'positive',
        'basket_min_count': 'positive',
        'anomaly_false_alarms_a_year': 'positive',
        'seasonality_min_weeks': 'positive',
        'send_time_min_messages': 'positive',
        'feedback_false_alarms_a_year': 'positive',
        'embedding_texts_max': 'positive',
        'holdout_salt': 'salt',
        'holdout_buckets': 'buckets',
        'churn_horizon_days': 'positive',
        'churn_horizon_gap_share': 'rate',
        'churn_order_kind': 'order_kind',
        'churn_cutoff_step_days': 'positive',
        'churn_max_cutoffs': 'positive',
        'churn_warm_up_days': 'whole',
        'churn_min_buyers': 'positive',
        'train_every_days': 'positive',
        'churn_reason_min_log_odds': 'rate',
        'churn_capacity': 'rate',
        'risk_band_high': 'rate',
        'risk_band_medium': 'rate',
        'value_margin': 'rate',
        'value_discount_rate': 'rate',
        'value_payback_months': 'positive',
        'recommendation_experiment': 'id',
    } -%}
    {%- if name is none -%}{{ return(forms.keys() | list) }}{%- endif -%}
    {%- set patterns = {
        'instant': ('\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([ T]([01]\d|2[0-3]):[0-5]\d:[0-5]\d)?', 'a date or a UTC instant such as 2025-05-15'),
        'time_zone': ('[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+){0,2}', 'a time zone name of the IANA list, such as Europe/London'),
        'currency': ('[A-Z]{3}', 'three capital letters such as GBP'),
        'whole': ('\d{1,9}', 'a whole number, 0 or more'),
        'positive': ('0*[1-9]\d{0,8}', 'a whole number, 1 or more'),
        'rate': ('0|1|0?\.\d{1,6}|1\.0+|0\.0+', 'a number from 0 to 1'),
        'salt': ('[A-Za-z0-9_.-]{1,64}', 'a word of letters, digits, _, . and -, between quotation marks such as "2024.10"'),
        'buckets': ('\d{1,4}|10000', 'a whole number from 0 to 10000'),
        'id': ('[A-Za-z0-9_.:-]{1,100}', 'the id of an experiment: letters, digits, _, ., : and -'),
        'order_kind': ('order|net_order', 'order or net_order'),
    } -%}
    {%- if name not in forms -%}
        {{ exceptions.raise_compiler_error("Unknown setting '" ~ name ~ "': name it in macros/setting.sql and in vars of dbt_project.yml.") }}
    {%- endif -%}
    {%- set value = var(name, none) -%}
    {%- set form = forms[name] -%}
    {#- Without a value these follow from the data, but for churn_capacity, for which risk_band_high
        stands. -#}
    {%- if value is none and name in ['as_of', 'churn_horizon_days', 'churn_capacity', 'value_margin'] -%}
        null
    {%- elif value is none and name == 'recommendation_experiment' -%}
        cast(null as string)
    {%- else -%}
        {%- set pattern, meaning = patterns[form] -%}
        {#- Engines accept other names too, and read them differently: GMT+5 is east of UTC for one
            and west for another. -#}
        {%- set is_unknown_zone = form == 'time_zone' and value not in modules.pytz.all_timezones_set -%}
        {#- YAML reads 007 as 7 and 2024.10 as 2024.1: another salt than that of the mail tool. -#}
        {%- set is_no_text = form == 'salt' and value is not string -%}
        {%- if is_unknown_zone or is_no_text or not modules.re.fullmatch(pattern, value | string) -%}
            {{ exceptions.raise_compiler_error("Var '" ~ name ~ "' is '" ~ value ~ "': it must be " ~ meaning ~ ".") }}
        {%- endif -%}
        {{ value if form in ['whole', 'positive', 'rate', 'buckets'] else "'" ~ value ~ "'" }}
    {%- endif -%}
{%- endmacro %}

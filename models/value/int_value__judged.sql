-- The sums that tell how far forecasts are from what happened. Money is counted in order days of
-- the shop's mean value, to six decimals: sums are exact, in any currency, and the same in any
-- order. A hundred billion of them are a mistake, and as many as there are.
-- The forecaster `own_past_rate` takes everybody's own repeat order days, a day of their age, and
-- `mean_of_all` those of all.
{%- set forecasters = ['model', 'own_past_rate', 'mean_of_all'] %}
{%- set measures = ['order_days', 'net_sales'] %}
with int_value__horizons as (
    select * from {{ ref('int_value__horizons') }}
),

int_value__expected as (
    select * from {{ ref('int_value__expected') }}
),

int_value__actuals as (
    select * from {{ ref('int_value__actuals') }}
),

shops as (
    select
        cut_off_number,
        cast(sum(repeat_count) as double) / nullif(sum(age_days), 0) as daily_order_days,
        cast(sum(repeat_net_sales) as double) / nullif(sum(age_days), 0) as daily_net_sales,
        coalesce(
            cast(sum(case when net_sales > 0 then net_sales end) as double)
            / sum(case when net_sales > 0 then repeat_count + 1 end),
            1
        ) as unit
    from {{ ref('int_value__people') }}
    group by cut_off_number
),

foreseen as (
    select
        h.split,
        h.cut_off_number,
        h.horizon_days,
        h.has_outcome,
        e.person_number,
        s.unit,
        case h.horizon_days
            {%- for days in value_horizons() %}
            when {{ days }} then e.expected_orders_{{ days }}d
            {%- endfor %}
        end as order_days_model,
        case
            when e.age_days > 0
                then cast(h.horizon_days * e.repeat_count as double) / e.age_days
            else 0
        end as order_days_own_past_rate,
        h.horizon_days * coalesce(s.daily_order_days, 0) as order_days_mean_of_all,
        case h.horizon_days
            {%- for days in value_horizons() %}
            when {{ days }} then e.expected_orders_{{ days }}d
            {%- endfor %}
        end * e.order_day_value / s.unit as net_sales_model,
        case
            when e.age_days > 0
                then
                    cast(h.horizon_days as double) / e.age_days
                    * cast(e.repeat_net_sales as double) / s.unit
            else 0
        end as net_sales_own_past_rate,
        h.horizon_days * coalesce(s.daily_net_sales, 0) / s.unit as net_sales_mean_of_all,
        case h.horizon_days
            {%- for days in value_horizons() %}
            when {{ days }} then e.low_spend_{{ days }}d
            {%- endfor %}
        end * e.order_day_value as low,
        case h.horizon_days
            {%- for days in value_horizons() %}
            when {{ days }} then e.high_spend_{{ days }}d
            {%- endfor %}
        end * e.order_day_value as high
    from int_value__horizons as h
    inner join int_value__expected as e
        on h.cut_off_number = e.cut_off_number
    inner join shops as s
        on h.cut_off_number = s.cut_off_number
),

compared as (
    select
        f.split,
        f.cut_off_number,
        f.horizon_days,
        f.has_outcome,
        f.unit
        {%- for measure in measures %}
        {%- for forecaster in forecasters %},
        {%- set forecast = measure ~ '_' ~ forecaster %}
        cast(least(f.{{ forecast }}, 99999999999) as decimal(18, 6)) as {{ forecast }}
        {%- endfor %}
        {%- endfor %},
        cast(coalesce(a.order_day_count, 0) as decimal(18, 6)) as order_days_actual,
        coalesce(a.net_sales, 0) as net_sales_total,
        cast(
            least(
                greatest(cast(coalesce(a.net_sales, 0) as double) / f.unit, -99999999999),
                99999999999
            ) as decimal(18, 6)
        ) as net_sales_actual,
        case
            when
                cast(coalesce(a.net_sales, 0) as double) >= f.low - 0.00005
                and cast(coalesce(a.net_sales, 0) as double) <= f.high + 0.00005
                then 1
            else 0
        end as is_inside
    from foreseen as f
    left join int_value__actuals as a
        on
            f.cut_off_number = a.cut_off_number
            and f.horizon_days = a.horizon_days
            and f.person_number = a.person_number
),

-- A product of two with 18 digits has 36, which is asked for by 19.
summed as (
    select
        split,
        cut_off_number,
        horizon_days,
        has_outcome,
        {%- for measure in measures %}
        {%- set actual = measure ~ '_actual' %}
        sum({{ actual }}) as {{ actual }},
        sum({{ actual }} * cast({{ actual }} as decimal(19, 6))) as {{ actual }}_squares,
        {%- for forecaster in forecasters %}
        {%- set forecast = measure ~ '_' ~ forecaster %}
        sum({{ forecast }}) as {{ forecast }},
        sum({{ forecast }} * cast({{ forecast }} as decimal(19, 6))) as {{ forecast }}_squares,
        sum({{ forecast }} * cast({{ actual }} as decimal(19, 6))) as {{ forecast }}_products,
        sum(abs({{ forecast }} - {{ actual }})) as {{ forecast }}_misses,
        {%- endfor %}
        {%- endfor %}
        cast(1 as double) as order_days_unit,
        cast(sum(order_days_actual) as double) as order_days_total,
        cast(sum(net_sales_total) as double) as net_sales_total,
        max(unit) as net_sales_unit,
        sum(is_inside) as inside_count,
        count(*) as customer_count
    from compared
    group by split, cut_off_number, horizon_days, has_outcome
),

listed as (
    {%- for measure in measures %}
    {%- set outer = loop %}
    {%- for forecaster in forecasters %}
    {%- set forecast = measure ~ '_' ~ forecaster %}
    select
        split,
        cut_off_number,
        horizon_days,
        has_outcome,
        '{{ forecaster }}' as forecaster,
        '{{ measure }}' as measure,
        customer_count,
        inside_count,
        {{ measure }}_unit as unit,
        {{ measure }}_total as actual_total,
        cast({{ forecast }} as double) as predicted,
        cast({{ measure }}_actual as double) as actual,
        cast({{ forecast }}_misses as double) as misses,
        cast({{ forecast }}_squares as double) as predicted_squares,
        cast({{ measure }}_actual_squares as double) as actual_squares,
        cast({{ forecast }}_products as double) as products
    from summed
    {%- if not (loop.last and outer.last) %}
    union all
    {%- endif %}
    {%- endfor %}
    {%- endfor %}
),

spread as (
    select
        *,
        customer_count * predicted_squares - predicted * predicted as predicted_spread,
        customer_count * actual_squares - actual * actual as actual_spread
    from listed
),

final as (
    select
        split,
        cut_off_number,
        horizon_days,
        forecaster,
        measure,
        customer_count,
        predicted * unit as predicted_total,
        case when has_outcome then actual_total end as actual_total,
        case when has_outcome then misses * unit / customer_count end as mean_absolute_error,
        -- Everybody the same, or nobody anything: there is nothing to correlate.
        case
            when
                has_outcome
                and predicted_spread > 0.000000001 * customer_count * predicted_squares
                and actual_spread > 0
                then
                    (customer_count * products - predicted * actual)
                    / (sqrt(predicted_spread) * sqrt(actual_spread))
        end as correlation,
        -- Intervals are told at test cut-offs only.
        case
            when split = 'test' and forecaster = 'model' and measure = 'net_sales'
                then cast(inside_count as double) / customer_count
        end as share_inside
    from spread
)

select * from final

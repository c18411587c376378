-- Which forecasts may be shown. One that is worse than everybody's own past rate, in correlation
-- and in mean absolute error, may not. Where everybody did the same, or the same was expected of
-- all, nothing was judged. A horizon that is not judged follows the next shorter one.
with int_value__judged as (
    select * from {{ ref('int_value__judged') }}
    where split = 'test' and measure = 'net_sales'
),

compared as (
    select
        m.horizon_days,
        case
            when m.correlation is not null
                then
                    not coalesce(m.correlation < o.correlation, false)
                    or m.mean_absolute_error <= o.mean_absolute_error
        end as is_served
    from int_value__judged as m
    inner join int_value__judged as o
        on m.horizon_days = o.horizon_days and o.forecaster = 'own_past_rate'
    where m.forecaster = 'model'
),

verdicts as (
    select
        {%- for days in value_horizons() %}
        bool_and(case when horizon_days = {{ days }} then is_served end) as is_served_{{ days }}d,
        {%- endfor %}
        count(*) as judged_count
    from compared
),

final as (
    select
        coalesce(is_served_30d, false) as is_served_30d,
        coalesce(is_served_90d, is_served_30d, false) as is_served_90d,
        coalesce(is_served_365d, is_served_90d, is_served_30d, false) as is_served_365d
    from verdicts
)

select * from final

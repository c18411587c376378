-- Each forecast from an earlier origin beside what came; what an outage lies in is not judged.
with ml_activity_forecasts as (
    select * from {{ ref('ml_activity_forecasts') }}
),

int_rhythm__days as (
    select * from {{ ref('int_rhythm__days') }}
),

past as (
    select
        f.measure,
        f.grain,
        f.model_name,
        f.horizon,
        f.forecast,
        f.forecast_low,
        f.forecast_high,
        cast(f.origin_on as date) as origin_on,
        cast(f.starts_on as date) as starts_on,
        case when f.grain = 'week' then 7 else 1 end as span_days
    from ml_activity_forecasts as f
),

compared as (
    select
        p.measure,
        p.grain,
        p.model_name,
        p.horizon,
        p.forecast,
        p.forecast_low,
        p.forecast_high,
        p.origin_on,
        p.starts_on,
        cast(sum(d.day_value) as double) as actual
    from past as p
    inner join int_rhythm__days as d
        on
            p.measure = d.measure
            and p.starts_on <= d.local_day
            and d.local_day < {{ add_days('p.starts_on', 'p.span_days', 'date') }}
    group by
        p.measure, p.grain, p.model_name, p.horizon, p.forecast, p.forecast_low, p.forecast_high,
        p.origin_on, p.starts_on, p.span_days
    having count(*) = p.span_days and not bool_or(d.is_outage)
),

final as (
    select
        measure,
        grain,
        model_name,
        case
            when grain = 'day' and horizon <= 7 or grain = 'week' and horizon = 1 then 'days_1_7'
            when grain = 'day' and horizon <= 14 or grain = 'week' and horizon = 2 then 'days_8_14'
            else 'days_15_28'
        end as horizon_band,
        horizon,
        forecast,
        forecast_low,
        forecast_high,
        actual,
        abs(forecast - actual) as error,
        forecast_high - forecast_low as width,
        case
            when forecast_low is null then null
            when actual >= forecast_low and actual <= forecast_high then cast(1 as double)
            else cast(0 as double)
        end as is_inside,
        origin_on,
        starts_on
    from compared
)

select * from final

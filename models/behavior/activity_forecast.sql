-- What the next four weeks bring, by the model that foresaw four weeks best so far.
with ml_activity_forecasts as (
    select * from {{ ref('ml_activity_forecasts') }}
),

forecast_models as (
    select * from {{ ref('forecast_models') }}
    where is_chosen
),

int_rhythm__days as (
    select * from {{ ref('int_rhythm__days') }}
),

int_rhythm__holidays as (
    select * from {{ ref('int_rhythm__holidays') }}
),

clock as (
    select * from {{ ref('clock') }}
),

ahead as (
    select
        f.measure,
        f.grain,
        f.model_name,
        f.horizon,
        f.forecast,
        f.forecast_low,
        f.forecast_high,
        cast(f.starts_on as date) as starts_on,
        case
            when f.grain = 'week' then {{ add_days('cast(f.starts_on as date)', 6, 'date') }}
            else cast(f.starts_on as date)
        end as ends_on
    from ml_activity_forecasts as f
    inner join forecast_models as m
        on f.measure = m.measure and f.grain = m.grain and f.model_name = m.model_name
    inner join clock as k
        on cast(f.origin_on as date) = k.open_day
),

-- The same weekdays 52 weeks before.
last_year as (
    select
        a.measure,
        a.grain,
        a.starts_on,
        case
            when
                count(*) = {{ days_between('a.starts_on', 'a.ends_on') }} + 1
                and not bool_or(d.is_outage)
                then sum(d.day_value)
        end as last_year_value
    from ahead as a
    inner join int_rhythm__days as d
        on
            a.measure = d.measure
            and d.local_day >= {{ add_days('a.starts_on', -364, 'date') }}
            and d.local_day <= {{ add_days('a.ends_on', -364, 'date') }}
    group by a.measure, a.grain, a.starts_on, a.ends_on
),

final as (
    select
        cast(a.measure as string) as measure,
        cast(a.grain as string) as grain,
        cast(a.model_name as string) as model_name,
        case when a.grain = 'day' then h.name end as holiday,
        cast(a.horizon as bigint) as horizon,
        cast(a.forecast as double) as forecast,
        cast(a.forecast_low as double) as forecast_low,
        cast(a.forecast_high as double) as forecast_high,
        cast(y.last_year_value as double) as last_year_value,
        a.starts_on,
        a.ends_on
    from ahead as a
    left join last_year as y
        on a.measure = y.measure and a.grain = y.grain and a.starts_on = y.starts_on
    left join int_rhythm__holidays as h
        on a.starts_on = h.local_day
)

select * from final

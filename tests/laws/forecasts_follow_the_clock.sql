-- A measure that is foreseen is foreseen for each of the 28 days and four weeks from the clock's
-- open day on, by the model that forecast_models shows, within its interval.
-- If it breaks: src/stayhouse/behavior/forecasts.py counts its days from another one than the first
-- that is not over, or a mart was built without the other.
with clock as (
    select * from {{ ref('clock') }}
),

activity_forecast as (
    select * from {{ ref('activity_forecast') }}
),

forecast_models as (
    select * from {{ ref('forecast_models') }}
),

spans as (
    select
        f.measure,
        f.grain,
        count(*) as span_count,
        sum({{ days_between('f.starts_on', 'f.ends_on') }} + 1) as day_count,
        count(distinct f.starts_on) as start_count,
        min({{ days_between('c.open_day', 'f.starts_on') }}) as first_day,
        max({{ days_between('c.open_day', 'f.ends_on') }}) as last_day,
        sum(
            case
                when f.forecast < f.forecast_low or f.forecast > f.forecast_high then 1
                when f.forecast < 0 or f.forecast is null then 1
                else 0
            end
        ) as wrong_count,
        min(f.model_name) as least_model,
        max(f.model_name) as greatest_model
    from activity_forecast as f
    cross join clock as c
    group by f.measure, f.grain
),

chosen as (
    select
        measure,
        grain,
        count(case when is_chosen then 1 end) as chosen_count,
        min(case when is_chosen then model_name end) as model_name
    from forecast_models
    group by measure, grain
)

select
    coalesce(s.measure, c.measure) as measure,
    coalesce(s.grain, c.grain) as grain
from spans as s
full outer join chosen as c
    on s.measure = c.measure and s.grain = c.grain
where
    s.measure is null
    or c.chosen_count is distinct from 1
    or s.span_count <> case when s.grain = 'week' then 4 else 28 end
    or s.start_count <> s.span_count
    or s.day_count <> 28
    or s.first_day <> 0
    or s.last_day <> 27
    or s.wrong_count > 0
    or s.least_model <> c.model_name
    or s.greatest_model <> c.model_name

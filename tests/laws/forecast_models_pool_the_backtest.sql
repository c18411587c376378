-- The record of a model is that of its rows in forecast_backtest, weighed by what they judge; what
-- came is the same for all models; and no smoothing is shown that does not beat both naive models.
-- If it breaks: one of the two marts was built without the other, or int_forecasts__judged has a
-- row twice.
with forecast_models as (
    select * from {{ ref('forecast_models') }}
),

forecast_backtest as (
    select * from {{ ref('forecast_backtest') }}
),

pooled as (
    select
        measure,
        grain,
        model_name,
        count(distinct origin_on) as origin_count,
        sum(span_count) as span_count,
        sum(span_count * mean_absolute_error) / sum(span_count) as mean_absolute_error,
        sum(span_count * mean_actual) / sum(span_count) as mean_actual
    from forecast_backtest
    group by measure, grain, model_name
)

select
    coalesce(m.measure, p.measure) as measure,
    coalesce(m.model_name, p.model_name) as model_name
from forecast_models as m
full outer join pooled as p
    on m.measure = p.measure and m.grain = p.grain and m.model_name = p.model_name
where
    m.measure is null
    or m.span_count <> coalesce(p.span_count, 0)
    or m.origin_count <> coalesce(p.origin_count, 0)
    or abs(m.mean_absolute_error - p.mean_absolute_error) > 0.000001 * (1 + p.mean_absolute_error)
    or abs(m.mean_actual - p.mean_actual) > 0.000001 * (1 + abs(p.mean_actual))
    or (
        m.is_chosen
        and m.model_name like 'smoothing%'
        and not coalesce(m.ratio_to_last_week < 1 and m.ratio_to_four_weeks < 1, false)
    )

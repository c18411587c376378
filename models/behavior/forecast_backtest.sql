-- How each model would have foreseen four weeks that are known by now, from several origins.
with int_forecasts__judged as (
    select * from {{ ref('int_forecasts__judged') }}
),

bands as (
    select
        measure,
        grain,
        model_name,
        horizon_band,
        origin_on,
        count(*) as span_count,
        cast(avg(cast(actual as decimal(38, 12))) as double) as mean_actual,
        cast(avg(cast(error as decimal(38, 12))) as double) as mean_absolute_error,
        cast(avg(cast(is_inside as decimal(38, 12))) as double) as coverage,
        cast(avg(cast(width as decimal(38, 12))) as double) as mean_width
    from int_forecasts__judged
    group by measure, grain, model_name, horizon_band, origin_on
),

final as (
    select
        cast(b.measure as string) as measure,
        cast(b.grain as string) as grain,
        cast(b.model_name as string) as model_name,
        cast(b.horizon_band as string) as horizon_band,
        cast(b.span_count as bigint) as span_count,
        cast(b.mean_actual as double) as mean_actual,
        cast(b.mean_absolute_error as double) as mean_absolute_error,
        cast(b.mean_absolute_error / nullif(n.mean_absolute_error, 0) as double)
            as ratio_to_last_week,
        cast(b.coverage as double) as coverage,
        cast(b.mean_width as double) as mean_width,
        b.origin_on
    from bands as b
    left join bands as n
        on
            b.measure = n.measure
            and b.grain = n.grain
            and b.horizon_band = n.horizon_band
            and b.origin_on = n.origin_on
            and n.model_name = 'last_week'
)

select * from final

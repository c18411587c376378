-- How wrong forecasts were, and what they say of the days ahead; where there is none, one row that
-- says why.
with int_value__judged as (
    select * from {{ ref('int_value__judged') }}
),

int_value__horizons as (
    select * from {{ ref('int_value__horizons') }}
),

ml_value_seasons as (
    select * from {{ ref('ml_value_seasons') }}
),

int_value__served as (
    select * from {{ ref('int_value__served') }}
),

clock as (
    select * from {{ ref('clock') }}
),

buyers as (
    select count(*) as buyer_count from {{ ref('int_value__persons') }}
),

placed as (
    select
        j.split,
        j.forecaster,
        j.measure,
        j.horizon_days,
        j.customer_count,
        j.predicted_total,
        j.actual_total,
        j.mean_absolute_error,
        j.correlation,
        j.share_inside,
        s.season_factor,
        h.cut_off_at,
        h.outcome_at,
        case
            when j.forecaster = 'model'
                then
                    case j.horizon_days
                        {%- for days in value_horizons() %}
                        when {{ days }} then v.is_served_{{ days }}d
                        {%- endfor %}
                    end
        end as is_served
    from int_value__judged as j
    inner join int_value__horizons as h
        on
            j.split = h.split
            and j.cut_off_number = h.cut_off_number
            and j.horizon_days = h.horizon_days
    left join ml_value_seasons as s
        on j.cut_off_number = s.cut_off_number and j.horizon_days = s.horizon_days
    cross join int_value__served as v
),

told as (
    select
        split,
        forecaster,
        measure,
        cast(null as string) as reason,
        horizon_days,
        customer_count,
        predicted_total * coalesce(season_factor, 1) as predicted_total,
        actual_total,
        mean_absolute_error,
        correlation,
        share_inside,
        coalesce(season_factor, 1) as season_factor,
        season_factor is not null as has_season,
        is_served,
        cut_off_at,
        outcome_at
    from placed
    union all
    select
        'none' as split,
        'none' as forecaster,
        'none' as measure,
        case
            when b.buyer_count = 0 then 'nobody_has_bought'
            else 'history_too_short'
        end as reason,
        cast(0 as bigint) as horizon_days,
        b.buyer_count as customer_count,
        cast(null as double) as predicted_total,
        cast(null as double) as actual_total,
        cast(null as double) as mean_absolute_error,
        cast(null as double) as correlation,
        cast(null as double) as share_inside,
        cast(1 as double) as season_factor,
        false as has_season,
        false as is_served,
        clock.as_of_at as cut_off_at,
        cast(null as timestamp) as outcome_at
    from buyers as b
    cross join clock
    where (select count(*) from int_value__judged) = 0
),

final as (
    select
        split,
        forecaster,
        measure,
        reason,
        horizon_days,
        customer_count,
        predicted_total,
        actual_total,
        predicted_total / nullif(actual_total, 0) - 1 as bias,
        mean_absolute_error,
        correlation,
        share_inside,
        season_factor,
        has_season,
        is_served,
        cast(cut_off_at as date) as cut_off_date,
        cut_off_at,
        outcome_at
    from told
)

select * from final

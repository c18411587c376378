-- How busy the days ahead are beside a usual year: the same days a year before against the year
-- around them, so that steady growth is no season. Two whole years must be known.
with int_value__horizons as (
    select * from {{ ref('int_value__horizons') }}
    where has_season
),

int_value__order_days as (
    select * from {{ ref('int_value__order_days') }}
    where is_order_day
),

spans as (
    select distinct
        cut_off_number,
        horizon_days,
        {{ add_days('cut_off_day', -365, 'date') }} as from_day
    from int_value__horizons
),

repeats as (
    select
        from_number,
        until_number,
        local_day,
        min(local_day) over (partition by person_number) < local_day as is_repeat
    from int_value__order_days
),

daily as (
    select
        from_number,
        until_number,
        local_day,
        count(*) as order_day_count
    from repeats
    where is_repeat
    group by from_number, until_number, local_day
),

placed as (
    select
        s.cut_off_number,
        s.horizon_days,
        d.order_day_count,
        {{ days_between('s.from_day', 'd.local_day') }} as day_number
    from spans as s
    inner join daily as d
        on
            s.cut_off_number >= d.from_number
            and s.cut_off_number < coalesce(d.until_number, s.cut_off_number + 1)
),

summed as (
    select
        cut_off_number,
        horizon_days,
        sum(
            case when day_number >= 0 and day_number < horizon_days then order_day_count else 0 end
        ) as ahead_count,
        sum(
            case
                when 2 * day_number >= horizon_days - 365 and 2 * day_number < horizon_days + 365
                    then order_day_count
                else 0
            end
        ) as year_count
    from placed
    group by cut_off_number, horizon_days
),

final as (
    select
        cut_off_number,
        horizon_days,
        cast(ahead_count as double) / horizon_days / (cast(year_count as double) / 365)
            as season_factor
    from summed
    where year_count > 0
)

select * from final

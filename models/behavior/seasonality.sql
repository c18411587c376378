-- The rhythm of the shop: which weekdays, hours, months and holidays are busier than the mean one.
with int_seasons__weekly as (
    select * from {{ ref('int_seasons__weekly') }}
),

int_seasons__monthly as (
    select * from {{ ref('int_seasons__monthly') }}
),

int_seasons__holidays as (
    select * from {{ ref('int_seasons__holidays') }}
),

int_rhythm__days as (
    select * from {{ ref('int_rhythm__days') }}
    where measure <> 'sales_less_returns'
),

measures as (
    select distinct measure
    from int_rhythm__days
),

numbers as (
    select {{ numbers_up_to('167') }} as place
),

frame as (
    select
        m.measure,
        'weekday' as kind,
        n.place
    from measures as m
    cross join numbers as n
    where n.place < 7
    union all
    select
        m.measure,
        'hour' as kind,
        n.place
    from measures as m
    cross join numbers as n
    where n.place < 24
    union all
    select
        m.measure,
        'weekday_hour' as kind,
        n.place
    from measures as m
    cross join numbers as n
    union all
    select
        m.measure,
        'month' as kind,
        n.place + 1 as place
    from measures as m
    cross join numbers as n
    where n.place < 12
),

seasons as (
    select
        measure,
        kind,
        place,
        day_count,
        week_count >= {{ setting('seasonality_min_weeks') }} as is_known,
        index_value,
        index_low,
        index_high
    from int_seasons__weekly
    union all
    select
        measure,
        'month' as kind,
        place,
        day_count,
        true as is_known,
        index_value,
        index_low,
        index_high
    from int_seasons__monthly
),

labelled as (
    select
        f.measure,
        f.kind,
        case
            when f.kind = 'weekday' then cast(f.place + 1 as string)
            when f.kind = 'weekday_hour'
                then
                    concat_ws(
                        ' ',
                        cast({{ floor_divide('f.place', 24) }} + 1 as string),
                        lpad(cast(f.place % 24 as string), 2, '0')
                    )
            else lpad(cast(f.place as string), 2, '0')
        end as season,
        coalesce(s.day_count, 0) as day_count,
        s.index_value,
        s.index_low,
        s.index_high,
        coalesce(s.is_known, false) as is_known
    from frame as f
    left join seasons as s
        on f.measure = s.measure and f.kind = s.kind and f.place = s.place
    union all
    select
        measure,
        'holiday' as kind,
        name as season,
        day_count,
        index_value,
        index_low,
        index_high,
        index_value is not null as is_known
    from int_seasons__holidays
    union all
    -- Shown, and in no index above.
    select
        measure,
        'outage' as kind,
        cast(local_day as string) as season,
        1 as day_count,
        cast(day_value as double) / usual_value as index_value,
        null as index_low,
        null as index_high,
        true as is_known
    from int_rhythm__days
    where is_outage and usual_value > 0
),

final as (
    select
        cast(measure as string) as measure,
        cast(kind as string) as kind,
        cast(season as string) as season,
        cast(day_count as bigint) as day_count,
        cast(case when is_known then index_value end as double) as index_value,
        cast(case when is_known then index_low end as double) as index_low,
        cast(case when is_known then index_high end as double) as index_high,
        is_known and index_value is not null as is_known
    from labelled
)

select * from final

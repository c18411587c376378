-- Days weighed by the index of their weekday sum to the days that there are; so do hours, hours of
-- a weekday and months, of which each has a row; and an index lies in its interval.
-- If it breaks: models/behavior/int_seasons__weekly.sql or int_seasons__monthly.sql counts a part
-- of the week or year that its mean does not count.
with seasonality as (
    select * from {{ ref('seasonality') }}
),

kinds as (
    select
        measure,
        kind,
        count(*) as season_count,
        case kind when 'weekday' then 7 when 'hour' then 24 when 'weekday_hour' then 168 else 12 end
            as expected_count,
        count(index_value) as known_count,
        avg(index_value) as mean_index
    from seasonality
    where kind in ('weekday', 'hour', 'weekday_hour', 'month')
    group by measure, kind
)

select
    measure,
    kind,
    mean_index as wrong_index
from kinds
where
    season_count <> expected_count
    or known_count not in (0, season_count)
    or abs(mean_index - 1) > 0.000001
union all
select
    measure,
    kind,
    index_value as wrong_index
from seasonality
where
    is_known <> (index_value is not null)
    or index_value < index_low
    or index_value > index_high

-- A holiday is of a country of two capital letters, or of `*`, which has some; of one of the two
-- kinds; and Black Friday is the Friday after the fourth Thursday of November.
-- If it breaks: mend these lines of seeds/holidays.csv.
with holidays as (
    select * from {{ ref('holidays') }}
),

others as (
    select max(case when country = '*' then 1 else 0 end) = 0 as lacks_others
    from holidays
)

select
    h.country,
    h.local_day,
    h.name,
    h.kind
from others as o
left join holidays as h
    on
        h.local_day is null
        or h.kind is null
        or h.kind not in ('holiday', 'promotion')
        or h.country is null
        or not {{ matches('h.country', '^([A-Z]{2}|[*])$') }}
        or (
            h.name = 'Black Friday'
            and not (
                month(h.local_day) = 11
                and day(h.local_day) between 23 and 29
                -- The day 1969-12-29 is a Monday.
                and {{ days_between("date '1969-12-29'", 'h.local_day') }} % 7 = 4
            )
        )
where o.lacks_others or h.name is not null or h.local_day is not null

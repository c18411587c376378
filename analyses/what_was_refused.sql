-- What was lost this week, how much of each table that is, and what it is worth: the first thing to
-- send to whoever owns the exports.
with data_quality as (
    select * from {{ ref('data_quality') }}
),

clock as (
    select * from {{ ref('clock') }}
),

recent as (
    select data_quality.*
    from data_quality
    cross join clock
    where data_quality.day >= {{ local_day(add_days('clock.as_of_at', -7)) }}
),

landed as (
    select
        source_name,
        table_name,
        sum(row_count) as landed_count
    from recent
    group by source_name, table_name
),

final as (
    select
        r.source_name,
        r.table_name,
        r.disposition,
        r.reason_code,
        r.currency,
        min(r.example) as example,
        sum(r.row_count) as row_count,
        round(100.0 * sum(r.row_count) / max(l.landed_count), 2) as percent_of_landed,
        sum(r.amount) as amount,
        min(r.day) as first_day
    from recent as r
    inner join landed as l
        on r.source_name = l.source_name and r.table_name = l.table_name
    where r.disposition in ('rejected', 'orphaned')
    group by r.source_name, r.table_name, r.disposition, r.reason_code, r.currency
)

select * from final
order by row_count desc, source_name asc, table_name asc, reason_code asc, currency asc

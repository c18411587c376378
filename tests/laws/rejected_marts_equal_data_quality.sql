-- The rows that can be read because no mart holds them, and the lines that landing could not read,
-- are those that data_quality counts: by disposition, reason and currency, in rows and in money
-- (of what is lost without signs).
-- If it breaks: rejected_events or rejected_rows leaves out a table or a disposition that
-- data_quality counts.
with readable as (
    select
        source_name,
        'events' as table_name,
        disposition,
        reason_code,
        cast(null as string) as currency,
        count(*) as row_count,
        cast(null as decimal(38, 4)) as amount
    from {{ ref('rejected_events') }}
    group by source_name, disposition, reason_code
    union all
    select
        source_name,
        table_name,
        disposition,
        reason_code,
        currency,
        count(*) as row_count,
        sum(case when disposition = 'superseded' then amount else abs(amount) end) as amount
    from {{ ref('rejected_rows') }}
    group by source_name, table_name, disposition, reason_code, currency
    union all
    select
        source_name,
        table_name,
        'rejected' as disposition,
        reason_code,
        cast(null as string) as currency,
        sum(line_count) as row_count,
        cast(null as decimal(38, 4)) as amount
    from ({{ landed_lines() }})
    where reason_code is not null
    group by source_name, table_name, reason_code
),

counted as (
    select
        source_name,
        table_name,
        disposition,
        reason_code,
        case when table_name <> 'events' then currency end as currency,
        sum(row_count) as row_count,
        sum(case when table_name <> 'events' then amount end) as amount
    from {{ ref('data_quality') }}
    where
        disposition in ('rejected', 'orphaned')
        or (
            disposition = 'superseded'
            and not (
                table_name in ('orders', 'customers', 'products')
                and reason_code in ('later_version', 'same_key_in_batch')
            )
        )
    group by
        source_name,
        table_name,
        disposition,
        reason_code,
        case when table_name <> 'events' then currency end
)

{{ differences(
    'readable', 'counted',
    by=['source_name', 'table_name', 'disposition', 'reason_code', 'currency'],
    of=['row_count', 'amount'],
    nullable=['currency'],
) }}

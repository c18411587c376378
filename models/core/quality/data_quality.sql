-- The account of everything that came: summed over reasons, the rows of a batch are all here, and
-- the lines that landing rejected, under the name by which their table landed.
with int_events__checked as (
    select * from {{ ref('int_events__checked') }}
),

int_events__mended as (
    select * from {{ ref('int_events__mended') }}
),

int_rows__checked as (
    select * from {{ ref('int_rows__checked') }}
),

int_lines__rejected as (
    select * from {{ ref('int_lines__rejected') }}
),

-- An event that came again as it should be is lost no more.
events as (
    select
        e.source_name,
        e.reason_code,
        case when m.batch_id is null then e.disposition else 'superseded' end as disposition,
        e.raw_values,
        e.currency,
        e.price,
        e.quantity,
        e.batch_id,
        e.occurred_at
    from int_events__checked as e
    left join int_events__mended as m
        on
            e.source_name = m.source_name
            and e.batch_id = m.batch_id
            and e.landed_row = m.landed_row
),

landed as (
    select
        source_name,
        'events' as table_name,
        coalesce(reason_code, disposition) as reason_code,
        disposition,
        batch_id,
        case
            when price is not null and {{ matches('currency', '^[A-Z]{3}$') }} then currency
        end as currency,
        case when disposition = 'rejected' then {{ offending_value() }} end as example,
        {{ amount_at_stake('cast(price as decimal(38, 4)) * coalesce(quantity, 1)', [['price']]) }}
            as amount,
        {{ local_day('occurred_at') }} as day
    from events
    union all
    select
        source_name,
        table_name,
        coalesce(reason_code, disposition) as reason_code,
        disposition,
        batch_id,
        currency,
        example,
        amount,
        {{ local_day('dated_at') }} as day
    from int_rows__checked
),

final as (
    select
        source_name,
        table_name,
        reason_code,
        disposition,
        batch_id,
        currency,
        min(example) as example,
        count(*) as row_count,
        cast(sum(amount) as decimal(38, 4)) as amount,
        day
    from landed
    group by
        source_name,
        table_name,
        reason_code,
        disposition,
        batch_id,
        currency,
        day
    union all
    select
        source_name,
        table_name,
        reason_code,
        'rejected' as disposition,
        batch_id,
        cast(null as string) as currency,
        cast(null as string) as example,
        row_count,
        cast(null as decimal(38, 4)) as amount,
        cast(null as date) as day
    from int_lines__rejected
)

select * from final

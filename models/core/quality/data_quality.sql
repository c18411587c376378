-- The account of everything that came: summed over reasons, the rows of a batch are all here, and
-- the lines that landing rejected, under the name by which their table landed. Money that counts is
-- signed, as in the marts; of what is lost it has no sign, or a sale of 5 and a return of 5 that
-- cannot be read would be told as a loss of nothing.
with int_events__checked as (
    select * from {{ ref('int_events__checked') }}
),

int_events__superseded as (
    select * from {{ ref('int_events__superseded') }}
),

int_rows__checked as (
    select * from {{ ref('int_rows__checked') }}
),

int_lines__rejected as (
    select * from {{ ref('int_lines__rejected') }}
),

-- An event that came again is lost there, or no more.
events as (
    select
        e.source_name,
        e.reason_code,
        case when s.batch_id is null then e.disposition else 'superseded' end as disposition,
        e.raw_values,
        e.currency,
        e.price,
        e.quantity,
        e.batch_id,
        e.occurred_at
    from int_events__checked as e
    left join int_events__superseded as s
        on
            e.source_name = s.source_name
            and e.batch_id = s.batch_id
            and e.landed_row = s.landed_row
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
        cast(
            sum(case when disposition in ('rejected', 'orphaned') then abs(amount) else amount end)
            as decimal(38, 4)
        ) as amount,
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

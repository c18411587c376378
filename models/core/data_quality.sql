-- The account of everything that landed: summed over reasons, the rows of a batch are all here.
with int_events__checked as (
    select * from {{ ref('int_events__checked') }}
),

int_rows__checked as (
    select * from {{ ref('int_rows__checked') }}
),

landed as (
    select
        source_name,
        'events' as table_name,
        coalesce(reason_code, disposition) as reason_code,
        disposition,
        batch_id,
        case when price is not null then currency end as currency,
        case when disposition = 'rejected' then {{ offending_value() }} end as example,
        {{ amount_at_stake('cast(price as decimal(38, 4)) * coalesce(quantity, 1)', [['price']]) }}
            as amount,
        {{ local_day('occurred_at') }} as day
    from int_events__checked
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
)

select * from final

-- Every landed row of every table but events, with what became of it. A later version of a row is
-- accepted beside the earlier one; only the same content again is a repeated copy.
{%- set tables = canonical_columns() %}
with landed as (
    {% for table_name, table in tables.items() if table_name != 'events' %}
    select
        source_name,
        '{{ table_name }}' as table_name,
        concat_ws('|', {{ table.key | join(', ') }}) as row_key,
        row_hash,
        reason_code,
        raw_values,
        batch_id,
        landed_row,
        cast({{ table.amount or 'null' }} as decimal(38, 4)) as amount,
        {{ table.instant or 'cast(null as timestamp)' }} as dated_at
    from ({{ union_sources(table_name) }})
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

copies as (
    select
        *,
        row_number() over (
            partition by source_name, table_name, row_key, row_hash, reason_code is null
            order by batch_id, landed_row
        ) as copy_number
    from landed
),

final as (
    select
        source_name,
        table_name,
        row_key,
        case
            when reason_code is not null then 'rejected'
            when copy_number = 1 then 'accepted'
            else 'repeated_copy'
        end as disposition,
        reason_code,
        case when reason_code is not null then raw_values end as raw_values,
        batch_id,
        landed_row,
        amount,
        dated_at
    from copies
)

select * from final

-- What no mart holds. Earlier versions of orders, customers and products are not here: they stand,
-- with the time in which they held, in the marts of their versions.
with int_rows__checked as (
    select * from {{ ref('int_rows__checked') }}
),

final as (
    select
        source_name,
        table_name,
        row_key,
        disposition,
        reason_code,
        raw_values,
        currency,
        batch_id,
        landed_row,
        superseded_by_batch_id,
        superseded_by_row,
        amount,
        dated_at
    from int_rows__checked
    where
        disposition in ('rejected', 'orphaned')
        or (
            disposition = 'superseded'
            and not (
                table_name in ('orders', 'customers', 'products')
                and reason_code in ('later_version', 'same_key_in_batch')
            )
        )
)

select * from final

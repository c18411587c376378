-- The source has no customer table: a customer is a number seen on invoices, one version a batch,
-- with the country of the first line seen there.
with invoice_lines as (
    select * from {{ ref('stg_online_retail__invoice_lines') }}
    where
        customer_id is not null
        and not coalesce({{ is_after_landed('invoiced_at') }}, false)
),

seen as (
    select
        batch_id,
        customer_id,
        min(landed_row) as landed_row,
        max(data_until) as data_until,
        min_by(country, landed_row) as country,
        min_by(row_hash, landed_row) as row_hash,
        max(invoiced_at) as updated_at
    from invoice_lines
    group by batch_id, customer_id
),

final as (
    select
        'online_retail' as source_name,
        row_hash,
        {{ customer_reason_code() }} as reason_code,
        cast(null as string) as raw_values,
        batch_id,
        landed_row,
        data_until,
        customer_id,
        cast(null as string) as email_hash,
        cast(null as string) as gender,
        cast(null as string) as income_band,
        cast(null as string) as city,
        country,
        cast(null as string) as time_zone,
        cast(null as string) as referred_by,
        cast(null as bigint) as birth_year,
        false as marketing_consent,
        cast(null as timestamp) as signed_up_at,
        updated_at
    from seen
)

select * from final

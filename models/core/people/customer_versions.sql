-- What a profile said, and from when to when that was the latest known of it. Read as known at d:
-- `valid_from < d and valid_to >= d`. Consent is such an interval too.
with int_customers__versions as (
    select * from {{ ref('int_customers__versions') }}
),

-- A version that landed after a newer one was never the latest known: its interval has no length.
started as (
    select
        *,
        max(known_at) over (
            partition by source_name, customer_id
            order by version_number
            rows between unbounded preceding and current row
        ) as valid_from
    from int_customers__versions
),

final as (
    select
        source_name,
        customer_id,
        gender,
        income_band,
        city,
        country,
        time_zone,
        birth_year,
        version_number,
        has_marketing_consent,
        is_current,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by source_name, customer_id order by version_number),
            timestamp '9999-12-31 00:00:00'
        ) as valid_to
    from started
)

select * from final

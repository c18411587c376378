-- What the catalogue said of a product, and from when to when that was the latest known of it. Read
-- as known at d: `valid_from < d and valid_to >= d`.
with landed as (
    {{ union_sources('products') }}
),

ranked as (
    select
        *,
        row_number() over versions as version_number,
        row_number() over (
            partition by source_name, product_id
            order by updated_at desc nulls last, batch_id desc, landed_row desc
        ) = 1 as is_current
    from landed
    where reason_code is null
    window versions as (
        partition by source_name, product_id
        order by updated_at nulls first, batch_id, landed_row
    )
),

-- A version that landed after a newer one was never the latest known: its interval has no length.
started as (
    select
        *,
        max(coalesce(updated_at, data_until, timestamp '0001-01-01 00:00:00')) over (
            partition by source_name, product_id
            order by version_number
            rows between unbounded preceding and current row
        ) as valid_from
    from ranked
),

final as (
    select
        source_name,
        product_id,
        name,
        category_path,
        brand,
        description,
        version_number,
        price,
        cost,
        is_available,
        is_replenishable,
        is_current,
        updated_at,
        valid_from,
        coalesce(
            lead(valid_from) over (partition by source_name, product_id order by version_number),
            timestamp '9999-12-31 00:00:00'
        ) as valid_to
    from started
)

select * from final

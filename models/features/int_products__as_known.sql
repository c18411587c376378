-- The catalogue as each cut-off knew it: a product's latest version by then, and its category among
-- the products known by then.
with churn_cutoffs as (
    select * from {{ ref('churn_cutoffs') }}
),

product_versions as (
    select * from {{ ref('product_versions') }}
),

final as (
    select
        c.cut_off_at,
        v.source_name,
        v.product_id,
        {{ category('v.category_path', 'c.cut_off_at, v.source_name') }} as category,
        v.is_replenishable,
        v.valid_from as last_available_at
    from churn_cutoffs as c
    inner join product_versions as v
        on c.cut_off_at > v.valid_from and c.cut_off_at <= v.valid_to
)

select * from final

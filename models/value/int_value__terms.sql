-- What net sales are worth to the shop: the margin, by var or by what the costs of products say of
-- the items sold before the clock, for what was paid for them, and what a year's waiting takes off.
with money_lines as (
    select m.*
    from {{ ref('money_lines') }} as m
    inner join {{ ref('clock') }} as c
        on m.effective_at < c.as_of_at
    where m.kind in ('item', 'discount')
),

orders as (
    select * from {{ ref('orders') }}
    where is_order
),

-- A version that was never the latest known has no length.
versions as (
    select
        source_name,
        product_id,
        cost,
        valid_from,
        row_number() over costs as cost_number,
        lead(valid_from) over costs as next_from
    from {{ ref('product_versions') }}
    where cost is not null and valid_from < valid_to
    window costs as (partition by source_name, product_id order by version_number)
),

-- What is sold before any cost was told is taken to have cost the first one.
sold as (
    select
        sum(m.amount) as sales,
        sum(case when v.cost is not null then m.amount end) as known_sales,
        sum(m.quantity * v.cost) as cost
    from money_lines as m
    inner join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    left join versions as v
        on
            m.source_name = v.source_name
            and m.product_id = v.product_id
            and (v.cost_number = 1 or m.effective_at > v.valid_from)
            and (v.next_from is null or m.effective_at <= v.next_from)
),

measured as (
    select
        cast({{ setting('value_margin') }} as double) as set_margin,
        case
            when known_sales > 0 and 2 * known_sales >= sales
                then greatest(1 - cast(cost as double) / cast(known_sales as double), 0)
        end as known_margin
    from sold
),

final as (
    select
        case
            when set_margin is not null then 'setting'
            when known_margin is not null then 'costs'
            else 'none'
        end as margin_source,
        coalesce(set_margin, known_margin, 1) as margin,
        cast({{ setting('value_discount_rate') }} as double) as discount_rate
    from measured
)

select * from final

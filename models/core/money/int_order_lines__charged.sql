-- The lines of each order as they were charged, in its own currency: a discount of the whole order
-- is spread over its lines by what is left of them after their own, and so is its tax where prices
-- include it. Each share is rounded to the ledger's last digit; what is over goes to the largest
-- line, so that the shares sum to what was spread.
with int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
    where is_current
),

int_order_lines__current as (
    select * from {{ ref('int_order_lines__current') }}
),

int_order_charges__current as (
    select * from {{ ref('int_order_charges__current') }}
),

taxes as (
    select
        source_name,
        order_id,
        sum(amount) as tax_amount
    from int_order_charges__current
    where kind = 'tax' and {{ prices_include_tax('source_name') }}
    group by source_name, order_id
),

-- Few orders have something to spread: window functions run on the lines of those alone.
to_spread as (
    select
        o.source_name,
        o.order_id,
        cast(o.discount as decimal(38, 4)) as discount_amount,
        cast(coalesce(t.tax_amount, 0) as decimal(38, 4)) as tax_amount
    from int_orders__versions as o
    left join taxes as t
        on o.source_name = t.source_name and o.order_id = t.order_id
    where o.discount <> 0 or t.tax_amount <> 0
),

weighed as (
    select
        l.source_name,
        l.order_id,
        l.line_number,
        l.is_by_position,
        s.discount_amount,
        s.tax_amount,
        cast(l.amount - l.discount as double)
        / nullif(sum(l.amount - l.discount) over lines_of_order, 0) as weight,
        row_number() over (
            partition by l.source_name, l.order_id
            order by l.amount - l.discount desc, l.line_number asc, l.is_by_position asc
        ) as size_rank
    from int_order_lines__current as l
    inner join to_spread as s
        on l.source_name = s.source_name and l.order_id = s.order_id
    window lines_of_order as (partition by l.source_name, l.order_id)
),

rounded as (
    select
        *,
        cast(coalesce(round(discount_amount * weight, 4), 0) as decimal(38, 4)) as discount_share,
        cast(coalesce(round(tax_amount * weight, 4), 0) as decimal(38, 4)) as tax_share
    from weighed
),

shares as (
    select
        source_name,
        order_id,
        line_number,
        is_by_position,
        case
            when size_rank = 1
                then discount_share + discount_amount - sum(discount_share) over lines_of_order
            else discount_share
        end as discount_share,
        case
            when size_rank = 1 then tax_share + tax_amount - sum(tax_share) over lines_of_order
            else tax_share
        end as tax_share
    from rounded
    window lines_of_order as (partition by source_name, order_id)
),

final as (
    select
        o.source_name,
        o.order_id,
        l.line_number,
        -- The line's name in the ledger; # marks a position in the batch, which is no number of the
        -- source.
        case
            when l.is_by_position then concat('#', cast(l.line_number as string))
            else cast(l.line_number as string)
        end as line_key,
        l.product_id,
        o.currency,
        l.quantity,
        l.amount - coalesce(s.tax_share, 0) as item_amount,
        l.discount + coalesce(s.discount_share, 0) as discount_amount,
        coalesce(s.tax_share, 0) as tax_amount,
        o.ordered_at
    from int_orders__versions as o
    inner join int_order_lines__current as l
        on o.source_name = l.source_name and o.order_id = l.order_id
    left join shares as s
        on
            l.source_name = s.source_name
            and l.order_id = s.order_id
            and l.line_number = s.line_number
            and l.is_by_position = s.is_by_position
)

select * from final

-- Refunds as they count against sales. Where prices include tax a refund does too: of what comes
-- back to an order, the part that was its tax is no sale. Several refunds of one order share its
-- tax by running totals: refunded in full, the order leaves nothing, not a last digit.
with int_refunds__linked as (
    select * from {{ ref('int_refunds__linked') }}
),

int_order_lines__charged as (
    select * from {{ ref('int_order_lines__charged') }}
),

charged as (
    select
        source_name,
        order_id,
        currency,
        ordered_at,
        sum(tax_amount) as tax_amount,
        sum(item_amount + tax_amount - discount_amount) as charged_amount
    from int_order_lines__charged
    group by source_name, order_id, currency, ordered_at
),

run_up as (
    select
        r.*,
        c.ordered_at,
        c.tax_amount,
        c.charged_amount,
        sum(r.amount) over (
            partition by r.source_name, r.order_id, r.currency
            order by r.refunded_at, r.refund_id
        ) as refunded_so_far,
        -- A refund in another currency than the order's cannot be compared with what was charged.
        coalesce(r.currency = c.currency, false) as is_comparable
    from int_refunds__linked as r
    left join charged as c
        on r.source_name = c.source_name and r.order_id = c.order_id
),

taxed as (
    select
        *,
        case
            when is_comparable and tax_amount <> 0 and charged_amount > 0
                then
                    round(
                        cast(tax_amount as double) * refunded_so_far / charged_amount, 4
                    )
        end as tax_so_far,
        case
            when is_comparable and tax_amount <> 0 and charged_amount > 0
                then
                    round(
                        cast(tax_amount as double) * (refunded_so_far - amount) / charged_amount, 4
                    )
        end as tax_before
    from run_up
),

final as (
    select
        source_name,
        refund_id,
        order_id,
        customer_id,
        product_id,
        currency,
        quantity,
        amount - coalesce(
            cast(tax_so_far as decimal(38, 4)) - cast(tax_before as decimal(38, 4)), 0
        ) as net_amount,
        is_comparable and refunded_so_far > charged_amount as is_above_order,
        coalesce(refunded_at < ordered_at, false) as is_before_order,
        refunded_at
    from taxed
)

select * from final

-- Money that came back. The API's list of refunds says when, and of which lines; an order says only
-- the sums of its refunds, with tax and shipping, and a report the net sales that went back, with
-- the day. What an order says of a refund that has landed by itself is passed over.
with landed as (
    select * from {{ landed('woocommerce', 'refunds') }}
),

order_heads as (
    select * from {{ ref('stg_woocommerce__order_heads') }}
),

current_orders as (
    select * from order_heads
    where is_latest
),

opened as (
    select
        batch_id,
        landed_row,
        {{ rows_in_json(text_in_json('line_items', '$'), {
            'product_id': 'varchar', 'variation_id': 'varchar', 'sku': 'varchar',
            'quantity': 'varchar', 'total': 'varchar',
        }) }}
    from landed
    union all
    select
        batch_id,
        landed_row,
        {{ rows_in_json(text_in_json('fee_lines', '$'), {
            'product_id': 'varchar', 'variation_id': 'varchar', 'sku': 'varchar',
            'quantity': 'varchar', 'total': 'varchar',
        }) }}
    from landed
),

-- A refund's lines are what was sold, below 0. Of several none is the product.
goods as (
    select
        batch_id,
        landed_row,
        -sum({{ exact_decimal('total') }}) as amount,
        case
            when count(*) = 1
                then min(coalesce(
                    {{ code_value('sku') }},
                    nullif({{ code_value('variation_id') }}, '0'),
                    {{ code_value('product_id') }}
                ))
        end as product_id,
        case when count(*) = 1 then abs(min({{ whole_number('quantity') }})) end as quantity
    from opened
    where {{ exact_decimal('total') }} <> 0
    group by batch_id, landed_row
),

-- What the goods of an order cost and the tax on them: of a sum that is of no line the tax is taken
-- off, the goods come first, and what is more than they cost was shipping.
costs as (
    select
        o.order_id,
        sum(l.amount - l.discount) - max(o.discount) as goods_amount,
        coalesce(max({{ exact_decimal('o.raw_tax') }}), 0) as tax_amount
    from current_orders as o
    inner join {{ ref('stg_woocommerce__order_lines') }} as l
        on o.batch_id = l.batch_id and o.landed_row = l.landed_row
    group by o.order_id
),

of_list as (
    select
        r.batch_id,
        r.landed_row,
        r.data_until,
        r.landed_at,
        {{ code_value('r.refund_id') }} as refund_id,
        coalesce(o.order_id, {{ code_value('r.order_id') }}) as order_id,
        g.product_id,
        o.currency,
        {{ code_value('r.amount') }} as raw_amount,
        g.quantity,
        -- Shipping that came back is no sale.
        coalesce(
            g.amount,
            case when {{ text_in_json('r.shipping_lines', '$[0]') }} is not null then 0 end
        ) as goods_amount,
        {{ exact_decimal('r.amount') }} as paid_amount,
        {{ utc_instant('r.refunded_at') }} as refunded_at
    from landed as r
    left join current_orders as o
        on {{ code_value('r.order_id') }} = coalesce(o.platform_id, o.order_id)
    left join goods as g
        on r.batch_id = g.batch_id and r.landed_row = g.landed_row
),

listed as (
    select
        batch_id,
        landed_row,
        data_until,
        landed_at,
        order_id,
        currency,
        ordered_at,
        {{ rows_in_json(text_in_json('refunds', '$'), {'id': 'varchar', 'total': 'varchar'}) }}
    from current_orders
    where reason_code is null
),

told as (
    select * from of_list
    union all
    select
        l.batch_id,
        l.landed_row,
        l.data_until,
        l.landed_at,
        l.id as refund_id,
        l.order_id,
        cast(null as string) as product_id,
        l.currency,
        l.total as raw_amount,
        cast(null as bigint) as quantity,
        cast(null as decimal(18, 4)) as goods_amount,
        -{{ exact_decimal('l.total') }} as paid_amount,
        l.ordered_at as refunded_at
    from listed as l
    left join of_list as r on l.id = r.refund_id
    where r.refund_id is null
    union all
    select
        h.batch_id,
        h.landed_row,
        h.data_until,
        h.landed_at,
        concat_ws(' ', h.order_id, h.told_at) as refund_id,
        h.order_id,
        cast(null as string) as product_id,
        h.currency,
        h.raw_net_revenue as raw_amount,
        cast(null as bigint) as quantity,
        -h.net_revenue as goods_amount,
        -h.net_revenue as paid_amount,
        h.told_at as refunded_at
    from order_heads as h
    inner join current_orders as o
        on h.order_id = o.order_id and h.batch_id = o.batch_id
    where h.is_refund and o.is_report and h.reason_code is null
),

typed as (
    select
        t.*,
        cast(t.quantity as string) as raw_quantity,
        cast(
            case
                when t.goods_amount is not null then t.goods_amount
                when c.goods_amount is null or t.paid_amount is null then t.paid_amount
                else least(
                    c.goods_amount,
                    round(
                        cast(t.paid_amount as double) * c.goods_amount
                        / nullif(c.goods_amount + c.tax_amount, 0), 4
                    )
                )
            end as decimal(18, 4)
        ) as amount
    from told as t
    left join costs as c on t.order_id = c.order_id
),

checked as (
    select
        *,
        {{ row_hash(['refund_id', 'raw_amount']) }} as row_hash,
        {{ raw_values(['refund_id', 'order_id', 'raw_amount', 'currency']) }} as raw_values,
        coalesce(
            {{ refund_reason_code() }},
            {{ after_landed(['refunded_at']) }}
        ) as reason_code
    from typed
    where amount is distinct from 0
),

final as (
    select
        {{ staged_facts('woocommerce') }},
        refund_id,
        order_id,
        cast(null as string) as customer_id,
        product_id,
        currency,
        cast(null as string) as reason,
        quantity,
        amount,
        refunded_at
    from checked
)

select * from final

-- What an order says of itself, once for each time that it landed, in an export or from the Admin
-- API. Its charges and refunds are those of the last time: they have no rows of their own in what
-- lands.
with export_heads as (
    select * from {{ ref('stg_shopify__export_rows') }}
    where is_head
),

api_orders as (
    select * from {{ ref('stg_shopify__api_orders') }}
),

api_taxes as (
    select
        batch_id,
        landed_row,
        sum(tax) as taxes
    from {{ ref('stg_shopify__api_lines') }}
    group by batch_id, landed_row
),

told as (
    select
        batch_id,
        landed_row,
        data_until,
        landed_at,
        order_hash as row_hash,
        raw_order as raw_values,
        order_id,
        email_hash,
        financial_status,
        fulfillment_status,
        currency,
        coupon_code,
        raw_subtotal,
        raw_shipping,
        raw_taxes,
        raw_refunded,
        raw_cancelled_at,
        cast(null as string) as raw_updated_at,
        cast(null as string) as raw_is_test,
        cast(
            taken_off - case when has_own_discounts then own_discounts else 0 end as decimal(18, 4)
        ) as discount,
        subtotal,
        shipping,
        taxes,
        refunded_amount,
        false as is_test,
        -- Whether an order's sums say that its prices hold its tax; null where they say neither.
        case
            when taxes = 0 then cast(null as boolean)
            when total = subtotal + coalesce(shipping, 0) + coalesce(duties, 0) then true
            when total = subtotal + coalesce(shipping, 0) + coalesce(duties, 0) + taxes then false
        end as is_tax_included,
        ordered_at,
        cancelled_at,
        -- The export tells of no change but the cancellation. A payment that came to nothing was
        -- never a sale.
        coalesce(
            cancelled_at,
            case when financial_status in ('voided', 'expired') then ordered_at end
        ) as updated_at
    from export_heads
    union all
    select
        o.batch_id,
        o.landed_row,
        o.data_until,
        o.landed_at,
        o.row_hash,
        o.raw_values,
        o.order_id,
        o.email_hash,
        o.financial_status,
        o.fulfillment_status,
        o.currency,
        o.coupon_code,
        o.raw_subtotal,
        cast(o.shipping as string) as raw_shipping,
        cast(t.taxes as string) as raw_taxes,
        cast(null as string) as raw_refunded,
        o.raw_cancelled_at,
        o.raw_updated_at,
        o.raw_is_test,
        cast(0 as decimal(18, 4)) as discount,
        o.subtotal,
        o.shipping,
        cast(t.taxes as decimal(18, 4)) as taxes,
        cast(null as decimal(18, 4)) as refunded_amount,
        o.is_test,
        o.is_tax_included and t.taxes > 0 as is_tax_included,
        o.ordered_at,
        o.cancelled_at,
        -- What is changed after a cancellation leaves its date as it was.
        coalesce(o.cancelled_at, o.updated_at) as updated_at
    from api_orders as o
    left join api_taxes as t
        on o.batch_id = t.batch_id and o.landed_row = t.landed_row
),

paid as (
    select
        *,
        'shopify' as source_name,
        case
            when financial_status in ('voided', 'expired') then 'cancelled'
            when financial_status in ('pending', 'authorized', 'partially_paid') then 'placed'
            when financial_status in ('paid', 'partially_refunded', 'refunded') then 'paid'
        end as payment,
        row_number() over (
            partition by order_id
            order by batch_id desc, landed_row desc
        ) = 1 as is_latest,
        cast(null as string) as raw_discount
    from told
),

typed as (
    select
        *,
        case
            when payment is not null and cancelled_at is not null then 'cancelled'
            when payment <> 'cancelled' and fulfillment_status = 'fulfilled' then 'shipped'
            else payment
        end as status
    from paid
),

checked as (
    select
        *,
        coalesce(
            {{ order_reason_code() }},
            {{ unreadable(['subtotal', 'cancelled_at', 'updated_at', 'is_test']) }},
            case
                when subtotal is null then 'invalid_subtotal'
                -- Its sales would count with their tax.
                when is_tax_included and not {{ prices_include_tax('source_name') }}
                    then 'prices_include_tax'
                -- Tax in prices is a part of them: what is left would be below 0.
                when
                    {{ prices_include_tax('source_name') }}
                    and coalesce(is_tax_included, true)
                    and taxes > subtotal + coalesce(shipping, 0)
                    then 'invalid_taxes'
            end,
            {{ after_landed(['ordered_at', 'updated_at']) }}
        ) as reason_code
    from typed
),

final as (
    select
        source_name,
        batch_id,
        landed_row,
        data_until,
        landed_at,
        row_hash,
        raw_values,
        reason_code,
        order_id,
        email_hash,
        status,
        currency,
        coupon_code,
        raw_shipping,
        raw_taxes,
        raw_refunded,
        discount,
        subtotal,
        shipping,
        taxes,
        refunded_amount,
        coalesce(is_test, false) as is_test,
        is_tax_included,
        is_latest,
        ordered_at,
        cancelled_at,
        updated_at
    from checked
)

select * from final

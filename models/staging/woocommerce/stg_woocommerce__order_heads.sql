{%- set zone = setting('time_zone') | replace("'", '') -%}
{%- set parts = ['line_items', 'fee_lines', 'coupon_lines', 'refunds'] -%}

-- What an order says of itself, once for each time that it landed: by the REST API, whose lines,
-- fees and refunds are JSON lists, or in the report of Analytics, which has its net sales alone.
-- There an order that was refunded stands once more, on the day and with the amount of the refund.
with landed as (
    select * from {{ landed('woocommerce', 'orders') }}
),

typed as (
    select
        {{ landed_facts('woocommerce', 'orders', hidden=['email_hash'] + parts, is_written=true) }},
        {{ code_value('order_id') }} as order_id,
        {{ code_value('platform_id') }} as platform_id,
        -- Whoever bought without an account has the number 0.
        nullif({{ code_value('customer_id') }}, '0') as customer_id,
        {{ text_value('email_hash') }} as email_hash,
        replace(replace(lower({{ code_value('status') }}), ' ', '-'), 'wc-', '') as order_status,
        upper({{ code_value('currency') }}) as stated_currency,
        coalesce(
            {{ text_in_json('coupon_lines', '$[0].code') }},
            coupons
        ) as first_coupon,
        {{ code_value('net_revenue') }} as raw_net_revenue,
        {{ code_value('quantity') }} as raw_quantity,
        {{ text_value('products') }} as products,
        {{ as_landed(['updated_at']) }},
        {{ code_value('total_tax') }} as raw_tax,
        {{ code_value('shipping_total') }} as raw_shipping,
        line_items,
        fee_lines,
        refunds,
        {{ exact_decimal('net_revenue') }} as net_revenue,
        local_ordered_at is not null as is_report,
        case
            when local_ordered_at is not null
                then {{ utc_from_local('local_ordered_at', zone) }}
            else {{ utc_instant('ordered_at') }}
        end as told_at,
        {{ utc_instant('updated_at') }} as updated_at
    from landed
),

fees as (
    select
        batch_id,
        landed_row,
        {{ rows_in_json(text_in_json('fee_lines', '$'), {'total': 'varchar'}) }}
    from typed
),

-- A fee below 0 is how a shop takes something off the whole order.
taken_off as (
    select
        batch_id,
        landed_row,
        cast(sum(-least({{ exact_decimal('total') }}, 0)) as decimal(18, 4)) as discount
    from fees
    group by batch_id, landed_row
),

dated as (
    select
        t.*,
        'woocommerce' as source_name,
        coalesce(t.stated_currency, case when t.is_report then {{ setting('base_currency') }} end)
            as currency,
        cast(null as string) as raw_discount,
        coalesce(d.discount, 0) as discount,
        t.is_report and coalesce(t.net_revenue < 0, false) as is_refund,
        case
            when t.order_status in ('processing', 'refunded') then 'paid'
            when t.order_status = 'on-hold' then 'placed'
            when t.order_status = 'completed' then 'shipped'
            when
                t.order_status in (
                    'pending', 'pending-payment', 'failed', 'cancelled', 'checkout-draft', 'trash'
                )
                then 'cancelled'
        end as status,
        -- Of the rows of an order in a report, the first is the order.
        case
            when t.is_report then min(t.told_at) over (partition by t.batch_id, t.order_id)
            else t.told_at
        end as ordered_at,
        row_number() over (
            partition by t.order_id
            order by
                t.batch_id desc,
                t.is_report and coalesce(t.net_revenue < 0, false) asc,
                t.landed_row desc
        ) = 1 as is_latest
    from typed as t
    left join taken_off as d
        on t.batch_id = d.batch_id and t.landed_row = d.landed_row
),

checked as (
    select
        *,
        coalesce(
            {{ order_reason_code() }},
            {{ unreadable(['updated_at']) }},
            case when is_report and net_revenue is null then 'invalid_amount' end,
            {{ after_landed(['ordered_at', 'updated_at']) }}
        ) as reason_code
    from dated
),

final as (
    select
        source_name,
        batch_id,
        landed_row,
        data_until,
        landed_at,
        -- The second row of a report says of the order what the first one says.
        case
            when is_report then {{ text_key("concat_ws('|', order_id, status)") }} else row_hash
        end as row_hash,
        raw_values,
        reason_code,
        order_id,
        platform_id,
        customer_id,
        email_hash,
        status,
        currency,
        {{ code_value('first_coupon') }} as coupon_code,
        raw_tax,
        raw_shipping,
        raw_net_revenue,
        raw_quantity,
        products,
        line_items,
        fee_lines,
        refunds,
        discount,
        net_revenue,
        is_report,
        is_refund,
        is_latest,
        told_at,
        ordered_at,
        updated_at
    from checked
)

select * from final

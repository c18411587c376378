with int_orders__versions as (
    select * from {{ ref('int_orders__versions') }}
),

int_orders__identified as (
    select * from {{ ref('int_orders__identified') }}
),

money_lines as (
    select * from {{ ref('money_lines') }}
),

int_rows__noted as (
    select * from {{ ref('int_rows__noted') }}
),

clock as (
    select * from {{ ref('clock') }}
),

sale_lines as (
    select
        m.source_name,
        m.order_id,
        m.kind,
        m.currency,
        m.quantity,
        m.native_amount,
        m.amount,
        {{ is_sale_kind('m.kind') }} as is_sale,
        {{ is_sale_kind('m.kind') }} and m.effective_at < clock.as_of_at as is_sale_at_clock
    from money_lines as m
    cross join clock
),

sums as (
    select
        source_name,
        order_id,
        count(case when kind = 'item' then 1 end) as line_count,
        sum(case when kind = 'item' then quantity else 0 end) as item_quantity,
        sum(case when kind = 'item' then amount else 0 end) as gross_sales,
        sum(case when kind = 'discount' then -amount else 0 end) as discount_amount,
        sum(case when kind = 'refund' then -amount else 0 end) as refund_amount,
        sum(case when kind = 'cancellation' then -amount else 0 end) as cancelled_amount,
        sum(case when kind = 'tax' then amount else 0 end) as tax_amount,
        sum(case when kind = 'shipping' then amount else 0 end) as shipping_amount,
        sum(case when kind = 'gift_card' then -amount else 0 end) as gift_card_amount,
        sum(case when is_sale then amount else 0 end) as net_sales,
        sum(case when is_sale then native_amount else 0 end) as native_net_sales,
        min(case when is_sale then currency end) = max(case when is_sale then currency end)
            as is_of_one_currency,
        sum(case when is_sale_at_clock then amount else 0 end) as net_sales_at_clock,
        sum(case when is_sale_at_clock then native_amount else 0 end) as native_net_sales_at_clock,
        min(case when is_sale_at_clock then currency end)
        = max(case when is_sale_at_clock then currency end) as is_of_one_currency_at_clock
    from sale_lines
    where order_id is not null
    group by source_name, order_id
),

notes as (
    select
        source_name,
        order_id,
        bool_or(reason_code = 'discount_above_order') as has_discount_above_order,
        bool_or(reason_code = 'refund_above_order') as has_refund_above_order,
        bool_or(reason_code = 'refund_before_order') as has_refund_before_order
    from int_rows__noted
    group by source_name, order_id
),

measured as (
    select
        v.source_name,
        v.order_id,
        i.person_id,
        i.customer_id,
        i.named_customer_id,
        v.email_person_id,
        v.visitor_id,
        v.status,
        v.currency,
        v.coupon_code,
        i.is_guest,
        v.is_test,
        i.named_known_at,
        v.ordered_at,
        v.promised_at,
        v.delivered_at,
        coalesce(s.line_count, 0) as line_count,
        coalesce(s.item_quantity, 0) as item_quantity,
        coalesce(s.gross_sales, 0) as gross_sales,
        coalesce(s.discount_amount, 0) as discount_amount,
        coalesce(s.refund_amount, 0) as refund_amount,
        coalesce(s.cancelled_amount, 0) as cancelled_amount,
        coalesce(s.tax_amount, 0) as tax_amount,
        coalesce(s.shipping_amount, 0) as shipping_amount,
        coalesce(s.gift_card_amount, 0) as gift_card_amount,
        coalesce(s.net_sales, 0) as net_sales,
        coalesce(n.has_discount_above_order, false) as has_discount_above_order,
        coalesce(n.has_refund_above_order, false) as has_refund_above_order,
        coalesce(n.has_refund_before_order, false) as has_refund_before_order,
        coalesce(s.line_count > 0, false) and not v.is_test as is_order,
        coalesce(
            {{ is_net_positive(
                's.native_net_sales',
                's.net_sales',
                '(s.gross_sales - s.discount_amount)',
                's.is_of_one_currency'
            ) }}, false
        ) as is_net_positive,
        coalesce(
            {{ is_net_positive(
                's.native_net_sales_at_clock',
                's.net_sales_at_clock',
                '(s.gross_sales - s.discount_amount)',
                's.is_of_one_currency_at_clock'
            ) }}, false
        ) as is_net_positive_at_clock
    from int_orders__versions as v
    inner join int_orders__identified as i
        on v.source_name = i.source_name and v.order_id = i.order_id
    left join sums as s
        on v.source_name = s.source_name and v.order_id = s.order_id
    left join notes as n
        on v.source_name = n.source_name and v.order_id = n.order_id
    where v.is_current
),

final as (
    select
        m.source_name,
        m.order_id,
        m.person_id,
        m.customer_id,
        m.named_customer_id,
        m.email_person_id,
        m.visitor_id,
        m.status,
        m.currency,
        m.coupon_code,
        case
            when m.person_id is not null and m.is_order and m.is_net_positive
                then row_number() over (
                    partition by m.person_id, m.is_order and m.is_net_positive
                    order by m.ordered_at, m.source_name, m.order_id
                )
        end as order_number,
        case
            when m.person_id is not null and m.is_order and m.is_net_positive
                then lag({{ local_day('m.ordered_at') }}) over (
                    partition by m.person_id, m.is_order and m.is_net_positive
                    order by m.ordered_at, m.source_name, m.order_id
                )
        end as previous_order_day,
        m.line_count,
        cast(m.item_quantity as bigint) as item_quantity,
        cast(m.gross_sales as decimal(38, 4)) as gross_sales,
        cast(m.discount_amount as decimal(38, 4)) as discount_amount,
        cast(m.refund_amount as decimal(38, 4)) as refund_amount,
        cast(m.cancelled_amount as decimal(38, 4)) as cancelled_amount,
        cast(m.tax_amount as decimal(38, 4)) as tax_amount,
        cast(m.shipping_amount as decimal(38, 4)) as shipping_amount,
        cast(m.gift_card_amount as decimal(38, 4)) as gift_card_amount,
        cast(m.net_sales as decimal(38, 4)) as net_sales,
        m.has_discount_above_order,
        m.has_refund_above_order,
        m.has_refund_before_order,
        m.is_guest,
        m.is_test,
        m.is_order,
        m.is_order and m.is_net_positive as is_net_order,
        m.is_order and m.is_net_positive_at_clock as is_net_at_clock,
        coalesce(
            {{ add_days('m.ordered_at', return_window_days('m.source_name')) }} <= clock.as_of_at,
            false
        ) as is_settled,
        {{ local_day('m.ordered_at') }} as local_day,
        m.named_known_at,
        m.ordered_at,
        m.promised_at,
        m.delivered_at
    from measured as m
    cross join clock
)

select * from final

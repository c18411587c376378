-- Every order before a cut-off as it stood then: its version, whose it was as far as known, and its
-- net sales from ledger lines that had taken effect.
with churn_cutoffs as (
    select
        cut_off_at,
        {{ local_day('cut_off_at') }} as cut_off_day
    from {{ ref('churn_cutoffs') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_order
),

order_versions as (
    select * from {{ ref('order_versions') }}
),

money_lines as (
    select * from {{ ref('money_lines') }}
),

int_identity__as_known as (
    select * from {{ ref('int_identity__as_known') }}
),

net_sales as (
    select
        c.cut_off_at,
        m.source_name,
        m.order_id,
        sum(m.amount) as net_sales,
        sum(case when m.kind = 'item' then m.amount else 0 end) as gross_sales,
        sum(case when m.kind = 'discount' then -m.amount else 0 end) as discount_amount,
        sum(case when m.kind = 'refund' then -m.amount else 0 end) as refund_amount,
        sum(m.native_amount) as native_net_sales,
        min(m.currency) = max(m.currency) as is_of_one_currency,
        sum(case when m.kind = 'refund' then 1 else 0 end) as refund_count,
        max(m.effective_at) as last_effective_at
    from churn_cutoffs as c
    inner join money_lines as m
        on c.cut_off_at > m.effective_at
    where m.order_id is not null and {{ is_sale_kind('m.kind') }}
    group by c.cut_off_at, m.source_name, m.order_id
),

-- A guest's e-mail address names a customer from the sign-up on, and a buyer by e-mail until then.
named as (
    select
        n.*,
        v.visitor_id,
        v.email_person_id,
        v.coupon_code,
        o.item_quantity,
        c.cut_off_day,
        o.local_day,
        o.ordered_at,
        v.promised_at,
        v.delivered_at,
        v.valid_from as version_known_at,
        coalesce(
            v.customer_id,
            case when n.cut_off_at > o.named_known_at then o.named_customer_id end
        ) as named_customer_id
    from net_sales as n
    inner join churn_cutoffs as c
        on n.cut_off_at = c.cut_off_at
    inner join orders as o
        on n.source_name = o.source_name and n.order_id = o.order_id
    inner join order_versions as v
        on
            o.source_name = v.source_name
            and o.order_id = v.order_id
            and n.cut_off_at > v.valid_from
            and n.cut_off_at <= v.valid_to
    where n.cut_off_at > o.ordered_at
),

final as (
    select
        o.cut_off_at,
        o.source_name,
        o.order_id,
        {{ known_person_id(
            'o.source_name',
            'o.named_customer_id',
            'o.visitor_id',
            'o.ordered_at',
            'o.email_person_id'
        ) }} as person_id,
        o.net_sales,
        o.gross_sales,
        o.discount_amount,
        o.refund_amount,
        o.refund_count,
        o.item_quantity,
        o.coupon_code is not null as has_coupon,
        -- As far as the cut-off knew: delivered too late, or promised for a day that has passed.
        coalesce(
            o.promised_at < o.cut_off_at
            and (o.delivered_at is null or o.delivered_at > o.promised_at),
            false
        ) as is_late,
        coalesce(
            {{ is_net_positive(
                'o.native_net_sales',
                'o.net_sales',
                '(o.gross_sales - o.discount_amount)',
                'o.is_of_one_currency'
            ) }}, false
        ) as is_net_order,
        o.cut_off_day,
        o.local_day,
        o.ordered_at,
        greatest(o.ordered_at, o.last_effective_at, o.version_known_at) as last_available_at
    from named as o
    left join int_identity__as_known as i
        on
            o.cut_off_at = i.read_at
            and o.source_name = i.source_name
            and o.visitor_id = i.visitor_id
            and o.ordered_at >= i.valid_from
            and o.ordered_at < i.valid_to
)

select * from final

-- Who ordered within each window [cut-off, outcome), by every name that the buyer had at its end.
with int_outcomes__windows as (
    select * from {{ ref('int_outcomes__windows') }}
),

orders as (
    select * from {{ ref('orders') }}
    where is_order
),

money_lines as (
    select * from {{ ref('money_lines') }}
),

int_identity__as_known as (
    select * from {{ ref('int_identity__as_known') }}
),

-- Orders of each window that are net as of its end.
net_orders as (
    select
        c.cut_off_at,
        c.outcome_at,
        o.source_name,
        o.order_id
    from int_outcomes__windows as c
    inner join orders as o
        on c.cut_off_at <= o.ordered_at and c.outcome_at > o.ordered_at
    inner join money_lines as m
        on
            o.source_name = m.source_name
            and o.order_id = m.order_id
            and c.outcome_at > m.effective_at
    where {{ is_sale_kind('m.kind') }}
    group by c.cut_off_at, c.outcome_at, o.source_name, o.order_id
    having {{ is_churn_order(is_net_positive(
        'sum(m.native_amount)', 'sum(m.amount)', 'min(m.currency) = max(m.currency)'
    )) }}
),

window_orders as (
    select
        n.cut_off_at,
        n.outcome_at,
        n.source_name,
        case when n.outcome_at > o.named_known_at then o.named_customer_id end
            as named_customer_id,
        o.visitor_id,
        o.ordered_at
    from net_orders as n
    inner join orders as o
        on n.source_name = o.source_name and n.order_id = o.order_id
),

-- Whoever the buyer was by any name known when the window ended; who had none is nobody.
final as (
    select
        cut_off_at,
        outcome_at,
        {{ person_id('source_name', 'named_customer_id', 'visitor_id') }} as person_id
    from window_orders
    where named_customer_id is not null or visitor_id is not null
    union
    select
        cut_off_at,
        outcome_at,
        {{ person_id('source_name', 'cast(null as string)', 'visitor_id') }} as person_id
    from window_orders
    where visitor_id is not null
    union
    select
        w.cut_off_at,
        w.outcome_at,
        {{ person_id('w.source_name', 'i.customer_id', 'w.visitor_id') }} as person_id
    from window_orders as w
    inner join int_identity__as_known as i
        on
            w.outcome_at = i.read_at
            and w.source_name = i.source_name
            and w.visitor_id = i.visitor_id
            and w.ordered_at >= i.valid_from
            and w.ordered_at < i.valid_to
            and (i.shared_from is null or w.ordered_at < i.shared_from)
    where w.named_customer_id is null
    union
    -- A visitor who has become a customer since, on any of that customer's orders.
    select
        w.cut_off_at,
        w.outcome_at,
        {{ person_id('w.source_name', 'cast(null as string)', 'i.visitor_id') }} as person_id
    from window_orders as w
    inner join int_identity__as_known as i
        on
            w.outcome_at = i.read_at
            and w.source_name = i.source_name
            and w.named_customer_id = i.customer_id
            and i.shared_from is null
)

select * from final

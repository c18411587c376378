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
        'sum(m.native_amount)',
        'sum(m.amount)',
        "sum(case when m.kind in ('item', 'discount') then m.amount else 0 end)",
        'min(m.currency) = max(m.currency)'
    )) }}
),

window_orders as (
    select
        n.cut_off_at,
        n.outcome_at,
        n.source_name,
        case when n.outcome_at > o.named_known_at then o.named_customer_id end
            as named_customer_id,
        o.email_person_id,
        o.visitor_id,
        o.ordered_at
    from net_orders as n
    inner join orders as o
        on n.source_name = o.source_name and n.order_id = o.order_id
),

named_orders as (
    select
        *,
        {{ person_id(
            'source_name', 'named_customer_id', 'cast(null as string)', 'email_person_id'
        ) }} as named_person_id
    from window_orders
),

-- Orders of buyers by e-mail, who may have become customers since: by an account with the address,
-- or on the device.
mailed_orders as (
    select
        source_name,
        email_person_id,
        named_customer_id,
        named_known_at,
        visitor_id,
        ordered_at
    from orders
    where email_person_id is not null
),

-- One row for each name under which the buyer was known when the window ended; an order without any
-- name is nobody's.
final as (
    select
        cut_off_at,
        outcome_at,
        coalesce(
            named_person_id,
            {{ person_id('source_name', 'cast(null as string)', 'visitor_id') }}
        ) as person_id
    from named_orders
    where coalesce(named_person_id, visitor_id) is not null
    union
    select
        cut_off_at,
        outcome_at,
        email_person_id as person_id
    from named_orders
    where email_person_id is not null
    union
    select
        cut_off_at,
        outcome_at,
        {{ person_id('source_name', 'cast(null as string)', 'visitor_id') }} as person_id
    from named_orders
    where visitor_id is not null
    union
    select
        w.cut_off_at,
        w.outcome_at,
        {{ person_id('w.source_name', 'i.customer_id', 'w.visitor_id', 'i.person_id') }}
            as person_id
    from named_orders as w
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
    -- A visitor who has become a customer, or a buyer by e-mail, since: on any order of theirs.
    select
        w.cut_off_at,
        w.outcome_at,
        {{ person_id('w.source_name', 'cast(null as string)', 'i.visitor_id') }} as person_id
    from named_orders as w
    inner join int_identity__as_known as i
        on
            w.outcome_at = i.read_at
            and w.source_name = i.source_name
            and i.shared_from is null
            and w.named_person_id = i.person_id
    union
    -- The same of a buyer by e-mail: the address has become a customer's,
    select
        w.cut_off_at,
        w.outcome_at,
        m.email_person_id as person_id
    from named_orders as w
    inner join mailed_orders as m
        on
            w.source_name = m.source_name
            and w.named_customer_id = m.named_customer_id
            and w.outcome_at > m.named_known_at
    union
    -- or the device has, on which the buyer ordered.
    select
        w.cut_off_at,
        w.outcome_at,
        m.email_person_id as person_id
    from named_orders as w
    inner join int_identity__as_known as i
        on
            w.outcome_at = i.read_at
            and w.source_name = i.source_name
            and w.named_customer_id = i.customer_id
            and i.shared_from is null
    inner join mailed_orders as m
        on
            i.source_name = m.source_name
            and i.visitor_id = m.visitor_id
            and i.valid_from <= m.ordered_at
            and i.valid_to > m.ordered_at
)

select * from final

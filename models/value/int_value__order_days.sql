-- What each person's days brought, from the cut-off that first knew them so, up to the one that
-- knew of a change: a refund that came later takes its money away, or the day, from then on.
-- `net_sales` is that of orders that count as purchases; `booked_net_sales` is all that the ledger
-- has, also of an order that was given back for more than its worth, and of a refund that names no
-- order.
with orders as (
    select
        source_name,
        order_id,
        person_id,
        is_order,
        local_day
    from {{ ref('orders') }}
    where person_id is not null and not is_test
),

money_lines as (
    select * from {{ ref('money_lines') }}
),

int_value__persons as (
    select * from {{ ref('int_value__persons') }}
),

cut_offs as (
    select distinct
        cut_off_number,
        cut_off_at
    from {{ ref('int_value__cutoffs') }}
),

spans as (
    select
        cut_off_number,
        cut_off_at,
        lag(cut_off_at) over (order by cut_off_number) as previous_at
    from cut_offs
),

order_changes as (
    select
        m.source_name,
        m.order_id,
        s.cut_off_number,
        min(m.currency) as currency,
        sum(m.native_amount) as own_net_sales,
        sum(m.amount) as net_sales,
        sum(case when m.kind in ('item', 'discount') then m.amount else 0 end) as sold_amount,
        min(m.currency) = max(m.currency) as is_of_one_currency
    from money_lines as m
    inner join spans as s
        on
            m.effective_at < s.cut_off_at
            and m.effective_at >= coalesce(s.previous_at, m.effective_at)
    where m.order_id is not null and {{ is_sale_kind('m.kind') }}
    group by m.source_name, m.order_id, s.cut_off_number
),

order_states as (
    select
        source_name,
        order_id,
        cut_off_number as from_number,
        lead(cut_off_number) over by_cut_off as until_number,
        sum(net_sales) over by_cut_off as net_sales,
        coalesce({{ is_net_positive(
            'sum(own_net_sales) over by_cut_off',
            'sum(net_sales) over by_cut_off',
            'sum(sold_amount) over by_cut_off',
            'bool_and(is_of_one_currency) over by_cut_off '
            ~ 'and min(currency) over by_cut_off = max(currency) over by_cut_off'
        ) }}, false) as is_net
    from order_changes
    window by_cut_off as (partition by source_name, order_id order by cut_off_number)
),

known as (
    select
        p.person_number,
        o.local_day,
        s.from_number,
        s.until_number,
        s.net_sales,
        s.is_net,
        o.is_order and {{ is_churn_order('s.is_net') }} as is_purchase
    from order_states as s
    inner join orders as o
        on s.source_name = o.source_name and s.order_id = o.order_id
    inner join int_value__persons as p
        on o.person_id = p.person_id
),

changes as (
    select
        person_number,
        local_day,
        from_number as cut_off_number,
        net_sales as booked_net_sales,
        case when is_purchase then net_sales else 0 end as net_sales,
        case when is_net then 1 else 0 end as net_order_count,
        case when is_purchase then 1 else 0 end as order_count
    from known
    union all
    select
        person_number,
        local_day,
        until_number as cut_off_number,
        -net_sales as booked_net_sales,
        case when is_purchase then -net_sales else 0 end as net_sales,
        case when is_net then -1 else 0 end as net_order_count,
        case when is_purchase then -1 else 0 end as order_count
    from known
    where until_number is not null
    union all
    select
        p.person_number,
        {{ local_day('m.effective_at') }} as local_day,
        s.cut_off_number,
        m.amount as booked_net_sales,
        0 as net_sales,
        0 as net_order_count,
        0 as order_count
    from money_lines as m
    inner join int_value__persons as p
        on m.person_id = p.person_id
    inner join spans as s
        on
            m.effective_at < s.cut_off_at
            and m.effective_at >= coalesce(s.previous_at, m.effective_at)
    where m.order_id is null and {{ is_sale_kind('m.kind') }}
),

-- Several orders of one day are one purchase.
day_changes as (
    select
        person_number,
        local_day,
        cut_off_number,
        sum(booked_net_sales) as booked_net_sales,
        sum(net_sales) as net_sales,
        sum(net_order_count) as net_order_count,
        sum(order_count) as order_count
    from changes
    group by person_number, local_day, cut_off_number
),

day_states as (
    select
        person_number,
        local_day,
        cut_off_number as from_number,
        lead(cut_off_number) over by_cut_off as until_number,
        sum(booked_net_sales) over by_cut_off as booked_net_sales,
        sum(net_sales) over by_cut_off as net_sales,
        sum(net_order_count) over by_cut_off as net_order_count,
        sum(order_count) over by_cut_off as order_count
    from day_changes
    window by_cut_off as (partition by person_number, local_day order by cut_off_number)
),

-- Rows of a person lie beside each other: int_value__people is added up in half of the time.
final as (
    select
        person_number,
        from_number,
        until_number,
        cast(booked_net_sales as decimal(38, 4)) as booked_net_sales,
        cast(net_sales as decimal(38, 4)) as net_sales,
        order_count > 0 as is_order_day,
        net_order_count > 0 as is_net,
        local_day
    from day_states
    where order_count > 0 or booked_net_sales <> 0
    order by person_number
)

select * from final

-- What each person had bought, from the month in which it changed up to the month before it changed
-- again: the ledger is read once, by month of change, and not once for each month end.
with orders as (
    select * from {{ ref('orders') }}
),

money_lines as (
    select * from {{ ref('money_lines') }}
),

clock as (
    select * from {{ ref('clock') }}
),

rfm_frequency_edges as (
    select * from {{ ref('rfm_frequency_edges') }}
),

bounds as (
    select
        min(month_number) as first_month_number,
        max(month_number) as last_month_number
    from {{ ref('int_rfm__months') }}
),

-- A frequency score holds up to the next one's edge; the last is open.
edges as (
    select
        frequency_score,
        min_order_count,
        lead(min_order_count) over (order by min_order_count) as next_min_order_count
    from rfm_frequency_edges
),

-- A person's net sales hold refunds that no order could be found for, too; test orders count
-- nowhere.
sale_lines as (
    select
        m.person_id,
        m.source_name,
        m.order_id,
        m.kind,
        m.currency,
        m.native_amount,
        m.amount,
        o.ordered_at,
        {{ period_number(local_day('m.effective_at'), "'month'") }} as month_number
    from money_lines as m
    cross join clock
    left join orders as o
        on m.source_name = o.source_name and m.order_id = o.order_id
    where
        m.person_id is not null
        and m.effective_at < clock.as_of_at
        and {{ is_sale_kind('m.kind') }}
        and not coalesce(o.is_test, false)
),

order_months as (
    select
        person_id,
        source_name,
        order_id,
        month_number,
        max(ordered_at) as ordered_at,
        min(currency) as currency,
        sum(native_amount) as own_net_sales,
        sum(amount) as net_sales,
        sum(case when kind in ('item', 'discount') then amount else 0 end) as sold_amount,
        min(currency) = max(currency) as is_of_one_currency
    from sale_lines
    where order_id is not null
    group by person_id, source_name, order_id, month_number
),

order_states as (
    select
        person_id,
        ordered_at,
        month_number as from_month_number,
        lead(month_number) over by_month as until_month_number,
        {{ is_net_positive(
            'sum(own_net_sales) over by_month',
            'sum(net_sales) over by_month',
            'sum(sold_amount) over by_month',
            'bool_and(is_of_one_currency) over by_month '
            ~ 'and min(currency) over by_month = max(currency) over by_month'
        ) }} as is_net
    from order_months
    window by_month as (partition by source_name, order_id order by month_number)
),

-- While an order is net: to the end, or until a later month takes its sales away.
net_orders as (
    select * from order_states
    where is_net
),

changes as (
    select
        person_id,
        month_number,
        amount as net_sales,
        0 as order_count,
        cast(null as timestamp) as kept_order_at
    from sale_lines
    union all
    select
        person_id,
        from_month_number as month_number,
        cast(0 as decimal(38, 4)) as net_sales,
        1 as order_count,
        case when until_month_number is null then ordered_at end as kept_order_at
    from net_orders
    union all
    select
        person_id,
        until_month_number as month_number,
        cast(0 as decimal(38, 4)) as net_sales,
        -1 as order_count,
        cast(null as timestamp) as kept_order_at
    from net_orders
    where until_month_number is not null
),

changed as (
    select
        person_id,
        month_number,
        sum(net_sales) as month_net_sales,
        sum(order_count) as order_count_change,
        max(kept_order_at) as kept_order_at
    from changes
    group by person_id, month_number
),

running as (
    select
        person_id,
        month_number,
        month_net_sales,
        sum(month_net_sales) over by_month as net_sales,
        sum(order_count_change) over by_month as order_count,
        max(kept_order_at) over by_month as kept_order_at,
        lead(month_number) over by_month as next_month_number
    from changed
    window by_month as (partition by person_id order by month_number)
),

-- The latest order at a month end may be one that is not net any more.
lost as (
    select
        r.person_id,
        r.month_number,
        max(n.ordered_at) as lost_order_at
    from net_orders as n
    inner join running as r
        on
            n.person_id = r.person_id
            and n.from_month_number <= r.month_number
            and n.until_month_number > r.month_number
    group by r.person_id, r.month_number
),

first_months as (
    select
        person_id,
        min(from_month_number) as first_month_number
    from net_orders
    group by person_id
),

states as (
    select
        r.person_id,
        r.month_net_sales,
        r.net_sales,
        cast(r.order_count as bigint) as order_count,
        f.first_month_number = r.month_number as is_first,
        r.month_number,
        r.next_month_number,
        greatest(
            coalesce(r.kept_order_at, l.lost_order_at), coalesce(l.lost_order_at, r.kept_order_at)
        ) as last_order_at
    from running as r
    inner join first_months as f
        on r.person_id = f.person_id and r.month_number >= f.first_month_number
    left join lost as l
        on r.person_id = l.person_id and r.month_number = l.month_number
),

placed as (
    select
        s.*,
        e.frequency_score
    from states as s
    left join edges as e
        on
            s.order_count >= e.min_order_count
            and s.order_count < coalesce(e.next_min_order_count, s.order_count + 1)
),

compared as (
    select
        *,
        lag(frequency_score) over by_month as previous_frequency_score,
        lag(last_order_at) over by_month as previous_last_order_at
    from placed
    window by_month as (partition by person_id order by month_number)
),

final as (
    select
        c.person_id,
        c.order_count,
        cast(c.net_sales as decimal(38, 4)) as net_sales,
        cast(c.month_net_sales as decimal(38, 4)) as month_net_sales,
        cast(c.frequency_score as bigint) as frequency_score,
        cast(c.previous_frequency_score as bigint) as previous_frequency_score,
        c.is_first,
        c.month_number as changed_month_number,
        greatest(c.month_number, b.first_month_number) as from_month_number,
        coalesce(c.next_month_number - 1, b.last_month_number) as to_month_number,
        c.last_order_at,
        c.previous_last_order_at
    from compared as c
    cross join bounds as b
    where coalesce(c.next_month_number - 1, b.last_month_number) >= b.first_month_number
)

select * from final

-- Order days of each person from the cut-off that first knew them so, up to the one that knew of a
-- change: a refund that came later takes its money away, or the day, from then on.
with orders as (
    select * from {{ ref('orders') }}
    where is_order and person_id is not null
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
            'bool_and(is_of_one_currency) over by_cut_off '
            ~ 'and min(currency) over by_cut_off = max(currency) over by_cut_off'
        ) }}, false) as is_net
    from order_changes
    window by_cut_off as (partition by source_name, order_id order by cut_off_number)
),

counted as (
    select
        p.person_number,
        o.local_day,
        s.from_number,
        s.until_number,
        s.net_sales,
        case when s.is_net then 1 else 0 end as net_order_count
    from order_states as s
    inner join orders as o
        on s.source_name = o.source_name and s.order_id = o.order_id
    inner join int_value__persons as p
        on o.person_id = p.person_id
    where {{ is_churn_order('s.is_net') }}
),

changes as (
    select
        person_number,
        local_day,
        from_number as cut_off_number,
        net_sales,
        net_order_count,
        1 as order_count
    from counted
    union all
    select
        person_number,
        local_day,
        until_number as cut_off_number,
        -net_sales as net_sales,
        -net_order_count as net_order_count,
        -1 as order_count
    from counted
    where until_number is not null
),

-- Several orders of one day are one purchase.
day_changes as (
    select
        person_number,
        local_day,
        cut_off_number,
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
        sum(net_sales) over by_cut_off as net_sales,
        sum(net_order_count) over by_cut_off as net_order_count,
        sum(order_count) over by_cut_off as order_count
    from day_changes
    window by_cut_off as (partition by person_number, local_day order by cut_off_number)
),

final as (
    select
        person_number,
        from_number,
        until_number,
        cast(net_sales as decimal(38, 4)) as net_sales,
        net_order_count > 0 as is_net,
        local_day
    from day_states
    where order_count > 0
)

select * from final

-- What each buyer did before each cut-off, day by day, as far as the cut-off knew: what networks
-- read, who see the order of things where a snapshot counts them.
{%- set longest = 64 %}
with int_purchases__measured as (
    select * from {{ ref('int_purchases__measured') }}
),

int_visits__as_known as (
    select * from {{ ref('int_visits__as_known') }}
),

int_orders__as_known as (
    select * from {{ ref('int_orders__as_known') }}
    where person_id is not null and {{ is_churn_order('is_net_order') }}
),

happened as (
    select
        history_number,
        local_day as event_day,
        cart_add_count,
        cast(null as decimal(38, 4)) as net_sales,
        true as is_visit,
        last_available_at
    from int_visits__as_known
    union all
    select
        p.history_number,
        o.local_day as event_day,
        0 as cart_add_count,
        o.net_sales,
        false as is_visit,
        o.last_available_at
    from int_orders__as_known as o
    inner join int_purchases__measured as p
        on o.cut_off_at = p.cut_off_at and o.person_id = p.person_id
),

event_days as (
    select
        history_number,
        event_day,
        sum(cart_add_count) as cart_add_count,
        count(case when not is_visit then 1 end) as order_count,
        sum(net_sales) as net_sales,
        bool_or(is_visit) as is_visit,
        max(last_available_at) as last_available_at
    from happened
    group by history_number, event_day
),

-- The gap of the earliest day that is kept is to the day before it, kept or not. Both windows are
-- one, latest day first: rows are sorted once.
placed as (
    select
        *,
        row_number() over (
            partition by history_number
            order by event_day desc
        ) as place,
        lead(event_day) over (
            partition by history_number
            order by event_day desc
        ) as previous_event_day
    from event_days
),

final as (
    select
        cast(b.person_id as string) as person_id,
        cast(p.place as bigint) as place,
        cast({{ days_between('p.event_day', 'b.cut_off_day') }} as bigint) as days_before,
        cast({{ days_between('p.previous_event_day', 'p.event_day') }} as bigint) as gap_days,
        cast(p.cart_add_count as bigint) as cart_add_count,
        cast(coalesce(p.net_sales, 0) as decimal(38, 4)) as net_sales,
        p.is_visit,
        p.order_count > 0 as is_purchase,
        cast(p.event_day as date) as event_day,
        b.cut_off_at,
        p.last_available_at
    from placed as p
    inner join int_purchases__measured as b
        on p.history_number = b.history_number
    where p.place <= {{ longest }}
)

select * from final

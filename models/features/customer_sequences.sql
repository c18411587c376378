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
        cut_off_at,
        person_id,
        local_day as event_day,
        cart_add_count,
        cast(null as decimal(18, 4)) as net_sales,
        true as is_visit,
        last_available_at
    from int_visits__as_known
    union all
    select
        cut_off_at,
        person_id,
        {{ local_day('ordered_at') }} as event_day,
        0 as cart_add_count,
        net_sales,
        false as is_visit,
        last_available_at
    from int_orders__as_known
),

event_days as (
    select
        h.cut_off_at,
        h.person_id,
        h.event_day,
        sum(h.cart_add_count) as cart_add_count,
        count(case when not h.is_visit then 1 end) as order_count,
        sum(h.net_sales) as net_sales,
        bool_or(h.is_visit) as is_visit,
        max(h.last_available_at) as last_available_at
    from happened as h
    inner join int_purchases__measured as p
        on h.cut_off_at = p.cut_off_at and h.person_id = p.person_id
    group by h.cut_off_at, h.person_id, h.event_day
),

-- The gap of the earliest day that is kept is to the day before it, kept or not. Both windows are
-- one, latest day first: rows are sorted once.
placed as (
    select
        *,
        row_number() over (
            partition by cut_off_at, person_id
            order by event_day desc
        ) as place,
        lead(event_day) over (
            partition by cut_off_at, person_id
            order by event_day desc
        ) as previous_event_day
    from event_days
),

final as (
    select
        cast(person_id as string) as person_id,
        cast(place as bigint) as place,
        cast({{ days_between('event_day', local_day('cut_off_at')) }} as bigint) as days_before,
        cast({{ days_between('previous_event_day', 'event_day') }} as bigint) as gap_days,
        cast(cart_add_count as bigint) as cart_add_count,
        cast(coalesce(net_sales, 0) as decimal(18, 4)) as net_sales,
        is_visit,
        order_count > 0 as is_purchase,
        cast(event_day as date) as event_day,
        cut_off_at,
        last_available_at
    from placed
    where place <= {{ longest }}
)

select * from final

-- How many sessions of a day took each step from a product to an order, by device. It reads
-- sessions, so that all of history can be compared.
with clock as (
    select * from {{ ref('clock') }}
),

sessions as (
    select * from {{ ref('sessions') }}
    where not is_bot
),

-- What a session did, whatever came first: a cart may be older than the visit that pays for it.
did as (
    select
        s.local_day,
        coalesce(s.device_type, 'unknown') as device,
        s.product_view_count > 0 as has_viewed,
        s.cart_add_count > 0 as has_added,
        s.checkout_start_count > 0 as has_checked_out,
        s.purchase_count > 0 as has_ordered
    from sessions as s
    inner join clock as c
        on s.local_day < c.open_day
),

counted as (
    select
        local_day,
        device,
        count(case when has_viewed then 1 end) as viewed,
        count(case when has_viewed and has_added then 1 end) as viewed_added,
        count(case when has_viewed and has_added and has_ordered then 1 end)
            as viewed_added_ordered,
        count(case when has_added then 1 end) as added,
        count(case when has_added and has_checked_out then 1 end) as added_checked_out,
        count(case when has_added and has_checked_out and has_ordered then 1 end)
            as added_checked_out_ordered,
        count(case when has_checked_out then 1 end) as checked_out,
        count(case when has_checked_out and has_ordered then 1 end) as checked_out_ordered
    from did
    group by local_day, device
),

steps as (
    select
        local_day,
        device,
        'cart' as step,
        1 as step_number,
        viewed as entered_count,
        viewed_added as reached_count,
        viewed_added_ordered as ordered_count
    from counted
    union all
    select
        local_day,
        device,
        'checkout' as step,
        2 as step_number,
        added as entered_count,
        added_checked_out as reached_count,
        added_checked_out_ordered as ordered_count
    from counted
    union all
    select
        local_day,
        device,
        'purchase' as step,
        3 as step_number,
        checked_out as entered_count,
        checked_out_ordered as reached_count,
        checked_out_ordered as ordered_count
    from counted
),

final as (
    select
        device,
        step,
        cast(step_number as bigint) as step_number,
        entered_count,
        reached_count,
        ordered_count,
        local_day
    from steps
    where entered_count > 0
)

select * from final

-- On which device, or on all of them, a step of the funnel lost people, since when, whether it
-- still does, and what that cost.
with ml_funnel_alarms as (
    select * from {{ ref('ml_funnel_alarms') }}
),

int_funnel__circumstances as (
    select * from {{ ref('int_funnel__circumstances') }}
),

-- Half an order more would be a decimal of few digits on some engines.
int_funnel__orders as (
    select
        *,
        cast(others_order_count as double) + 0.5 as others_orders,
        cast(others_visit_count as double) + 1 as others_visits,
        cast(usual_others_order_count as double) + 0.5 as usual_others_orders,
        cast(usual_others_visit_count as double) + 1 as usual_others_visits,
        -- In as many days as the alarm has.
        cast(usual_order_count as double) * day_count / usual_day_count as usual_orders,
        cast(usual_visit_count as double) * day_count / usual_day_count as usual_visits
    from {{ ref('int_funnel__orders') }}
),

alarms as (
    select
        device,
        step,
        entered_count,
        reached_count,
        usual_entered_count,
        usual_reached_count,
        tail_probability,
        alarm_level,
        cast(started_on as date) as started_on,
        cast(found_on as date) as found_on,
        cast(ended_on as date) as ended_on,
        cast(back_since as date) as back_since,
        cast(reached_count as double) / entered_count as rate,
        cast(usual_reached_count as double) / usual_entered_count as usual_rate,
        (cast(others_reached_count as double) / others_entered_count)
        / (cast(usual_others_reached_count as double) / usual_others_entered_count)
            as others_change
    from ml_funnel_alarms
),

-- Of the device's visits so many had an order, and of the others'. Half an order more, and half a
-- visit without one, keep their change finite on a day without any.
brought as (
    select
        device,
        step,
        started_on,
        cast(visit_count as double) as visits,
        cast(order_count as double) / day_count as orders_a_day,
        cast(usual_order_count as double) / usual_day_count as usual_orders_a_day,
        visit_count > usual_visits + 1.6448536269514722 * sqrt(usual_visits)
        and order_count >= usual_orders - 1.6448536269514722 * sqrt(usual_orders)
            as may_be_growth,
        cast(order_count as double) / visit_count as share,
        {{ wilson_bound('order_count', 'visit_count', '-') }} as share_low,
        {{ wilson_bound('order_count', 'visit_count', '+') }} as share_high,
        cast(usual_order_count as double) / nullif(usual_visit_count, 0) as usual_share,
        {{ wilson_bound('usual_order_count', 'usual_visit_count', '-') }} as usual_share_low,
        {{ wilson_bound('usual_order_count', 'usual_visit_count', '+') }} as usual_share_high,
        -- What the others gained is not asked of this device.
        least(
            (others_orders / others_visits) / (usual_others_orders / usual_others_visits), 1.0
        ) as kept_share,
        -- The variance of the logarithm of a ratio of two shares; all devices have no others.
        case
            when device = 'all' then 0.0
            else
                1 / others_orders - 1 / others_visits
                + 1 / usual_others_orders - 1 / usual_others_visits
        end as others_variance
    from int_funnel__orders
),

expected as (
    select
        *,
        usual_share * kept_share as expected_share
    from brought
),

-- The interval of a difference from those of its parts (Zou and Donner 2008).
lost as (
    select
        device,
        step,
        started_on,
        orders_a_day,
        usual_orders_a_day,
        may_be_growth,
        visits * (expected_share - share) as lost_order_count,
        visits * sqrt(
            power(expected_share - usual_share_low * kept_share, 2)
            + power(1.959963984540054 * expected_share, 2) * others_variance
            + power(share_high - share, 2)
        ) as spread_down,
        visits * sqrt(
            power(usual_share_high * kept_share - expected_share, 2)
            + power(1.959963984540054 * expected_share, 2) * others_variance
            + power(share - share_low, 2)
        ) as spread_up
    from expected
),

final as (
    select
        cast(a.device as string) as device,
        cast(a.step as string) as step,
        case when a.ended_on is null then 'open' else 'closed' end as state,
        cast(a.entered_count as bigint) as entered_count,
        cast(a.reached_count as bigint) as reached_count,
        cast(a.usual_entered_count as bigint) as usual_entered_count,
        cast(a.usual_reached_count as bigint) as usual_reached_count,
        a.rate,
        a.usual_rate,
        a.others_change,
        a.usual_rate * least(a.others_change, 1.0) as expected_rate,
        l.lost_order_count,
        l.lost_order_count - l.spread_down as lost_order_low,
        l.lost_order_count + l.spread_up as lost_order_high,
        l.orders_a_day,
        l.usual_orders_a_day,
        l.may_be_growth,
        cast(a.tail_probability as double) as tail_probability,
        cast(a.alarm_level as double) as alarm_level,
        cast(c.slow_count_before as double) / nullif(c.page_count_before, 0)
            as slow_page_share_before,
        cast(c.slow_count_during as double) / nullif(c.page_count_during, 0)
            as slow_page_share_during,
        cast(c.failed_count_before as double) / nullif(c.payment_count_before, 0)
            as failed_payment_share_before,
        cast(c.failed_count_during as double) / nullif(c.payment_count_during, 0)
            as failed_payment_share_during,
        a.started_on,
        a.found_on,
        a.ended_on,
        a.back_since
    from alarms as a
    left join lost as l
        on a.device = l.device and a.step = l.step and a.started_on = l.started_on
    left join int_funnel__circumstances as c
        on a.device = c.device and a.started_on = c.started_on
)

select * from final

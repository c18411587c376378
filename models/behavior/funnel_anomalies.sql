-- On which device, or on all of them, a step of the funnel lost people, since when, whether it
-- still does, and what that cost.
with ml_funnel_alarms as (
    select * from {{ ref('ml_funnel_alarms') }}
),

int_funnel__circumstances as (
    select * from {{ ref('int_funnel__circumstances') }}
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
        cast(reached_count as double) / entered_count as rate,
        {{ wilson_bound('reached_count', 'entered_count', '-') }} as rate_low,
        {{ wilson_bound('reached_count', 'entered_count', '+') }} as rate_high,
        cast(usual_reached_count as double) / usual_entered_count as usual_rate,
        {{ wilson_bound('usual_reached_count', 'usual_entered_count', '-') }} as usual_rate_low,
        {{ wilson_bound('usual_reached_count', 'usual_entered_count', '+') }} as usual_rate_high,
        -- Of who took the step in the days before, so many ordered.
        cast(usual_ordered_count as double) / usual_reached_count as orders_a_step,
        (cast(others_reached_count as double) / others_entered_count)
        / (cast(usual_others_reached_count as double) / usual_others_entered_count)
            as others_change,
        -- The variance of the logarithm of a ratio of two shares.
        cast(1 as double) / others_reached_count - cast(1 as double) / others_entered_count
        + cast(1 as double) / usual_others_reached_count
        - cast(1 as double) / usual_others_entered_count as others_variance
    from ml_funnel_alarms
),

expected as (
    select
        *,
        -- What the others gained is not asked of this device.
        least(others_change, 1.0) as kept_share,
        usual_rate * least(others_change, 1.0) as expected_rate
    from alarms
),

-- The interval of a difference from those of its parts (Zou and Donner 2008).
measured as (
    select
        *,
        entered_count * orders_a_step as orders_a_rate,
        sqrt(
            power(expected_rate - usual_rate_low * kept_share, 2)
            + power(1.959963984540054 * expected_rate, 2) * others_variance
            + power(rate_high - rate, 2)
        ) as spread_down,
        sqrt(
            power(usual_rate_high * kept_share - expected_rate, 2)
            + power(1.959963984540054 * expected_rate, 2) * others_variance
            + power(rate - rate_low, 2)
        ) as spread_up
    from expected
),

final as (
    select
        cast(m.device as string) as device,
        cast(m.step as string) as step,
        case when m.ended_on is null then 'open' else 'closed' end as state,
        cast(m.entered_count as bigint) as entered_count,
        cast(m.reached_count as bigint) as reached_count,
        cast(m.usual_entered_count as bigint) as usual_entered_count,
        cast(m.usual_reached_count as bigint) as usual_reached_count,
        m.rate,
        m.usual_rate,
        m.others_change,
        m.expected_rate,
        m.orders_a_rate * (m.expected_rate - m.rate) as lost_order_count,
        m.orders_a_rate * (m.expected_rate - m.rate - m.spread_down) as lost_order_low,
        m.orders_a_rate * (m.expected_rate - m.rate + m.spread_up) as lost_order_high,
        cast(m.tail_probability as double) as tail_probability,
        cast(m.alarm_level as double) as alarm_level,
        cast(c.slow_count_before as double) / nullif(c.page_count_before, 0)
            as slow_page_share_before,
        cast(c.slow_count_during as double) / nullif(c.page_count_during, 0)
            as slow_page_share_during,
        cast(c.failed_count_before as double) / nullif(c.payment_count_before, 0)
            as failed_payment_share_before,
        cast(c.failed_count_during as double) / nullif(c.payment_count_during, 0)
            as failed_payment_share_during,
        m.started_on,
        m.found_on,
        m.ended_on
    from measured as m
    left join int_funnel__circumstances as c
        on m.device = c.device and m.started_on = c.started_on
)

select * from final

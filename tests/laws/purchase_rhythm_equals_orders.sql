-- Everybody with an order that is net at the clock has one rhythm, over all of those days; its
-- interval is in order, its score passes a half exactly when the expected day has passed, and days
-- overdue are those since the interval's end.
-- If it breaks: look at int_retention__order_days and the interval in
-- models/retention/purchase_rhythm.sql.
with bought as (
    select
        person_id,
        count(distinct {{ local_day('ordered_at') }}) as order_day_count,
        {{ local_day('min(ordered_at)') }} as first_order_day,
        {{ local_day('max(ordered_at)') }} as last_order_day
    from {{ ref('orders') }}
    where is_net_at_clock and person_id is not null
    group by person_id
)

select
    coalesce(b.person_id, r.person_id) as person_id,
    b.order_day_count,
    r.gap_count,
    r.own_weight,
    r.overdue_score
from bought as b
full outer join {{ ref('purchase_rhythm') }} as r
    on b.person_id = r.person_id
where
    b.order_day_count is distinct from r.order_day_count
    or b.first_order_day is distinct from r.first_order_day
    or b.last_order_day is distinct from r.last_order_day
    or r.gap_count <> r.order_day_count - 1
    or r.mean_gap_days * r.gap_count - {{ days_between('r.first_order_day', 'r.last_order_day') }}
    not between -0.001 and 0.001
    or r.own_weight not between 0 and 1
    or (r.gap_count = 0 and r.own_weight <> 0)
    or not r.expected_gap_days_low < r.expected_gap_days
    or not r.expected_gap_days < r.expected_gap_days_high
    or r.overdue_score not between 0 and 1
    or (r.overdue_score > 0.500001 and r.days_since_last_order < r.expected_gap_days)
    or (r.overdue_score < 0.499999 and r.days_since_last_order > r.expected_gap_days)
    or (r.overdue_days is null) <> (r.expected_order_day_high is null)
    or r.overdue_days <> greatest(
        r.days_since_last_order
        - {{ days_between('r.last_order_day', 'r.expected_order_day_high') }}, 0
    )
    or (r.overdue_score is null) <> (r.prior_level is null)

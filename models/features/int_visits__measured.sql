-- How often each buyer had visited by each cut-off, lately and since the first and last purchase.
with int_visits__as_known as (
    select * from {{ ref('int_visits__as_known') }}
),

int_purchases__measured as (
    select * from {{ ref('int_purchases__measured') }}
),

aged as (
    select
        v.*,
        p.recency_days,
        p.tenure_days,
        {{ days_between('v.local_day', 'p.cut_off_day') }} as age_days
    from int_visits__as_known as v
    inner join int_purchases__measured as p
        on v.history_number = p.history_number
),

measured as (
    select
        history_number,
        min(age_days) as visit_recency_days,
        count(case when age_days <= 7 then 1 end) as visit_days_7d,
        count(case when age_days <= 30 then 1 end) as visit_days_30d,
        count(case when age_days <= 90 then 1 end) as visit_days_90d,
        count(case when age_days <= 180 then 1 end) as visit_days_180d,
        count(case when age_days <= tenure_days then 1 end) as visit_days_since_first,
        count(case when age_days < recency_days then 1 end) as visit_days_since_last,
        -- Two weeks after a purchase it has arrived: later visits are not about that order, and
        -- whoever makes them has not left.
        count(case when age_days < recency_days - 14 then 1 end) as visit_days_since_last_14d,
        count(case when is_on_phone then 1 end) as phone_visit_day_count,
        count(case when is_on_tablet then 1 end) as tablet_visit_day_count,
        count(*) as visit_day_count,
        count(case when age_days > tenure_days then 1 end) as visit_days_before_first,
        sum(case when age_days <= 7 then cart_add_count else 0 end) as cart_adds_7d,
        sum(case when age_days <= 30 then cart_add_count else 0 end) as cart_adds_30d,
        sum(case when age_days <= 90 then cart_add_count else 0 end) as cart_adds_90d,
        sum(case when age_days <= 90 then support_message_count else 0 end)
            as support_messages_90d,
        max(last_available_at) as last_available_at
    from aged
    group by history_number
),

-- The customer's own pace is so many visits in so many days; 2 visits and 30 days keep a short
-- history from shouting.
paced as (
    select
        p.cut_off_at,
        p.person_id,
        m.*,
        p.recency_days,
        p.tenure_days,
        p.purchase_count,
        m.visit_days_since_first + 2 as pace_visits,
        p.tenure_days + 30 as pace_days
    from measured as m
    inner join int_purchases__measured as p
        on m.history_number = p.history_number
),

expected as (
    select
        *,
        cast(recency_days as double) * pace_visits / pace_days as visits_expected_since_last
    from paced
),

final as (
    select
        *,
        recency_days - visit_recency_days as last_visit_after_purchase_days,
        -- Visits since the last purchase over those that the same days would have held at the pace.
        cast(visit_days_since_last as double) * pace_days / ((recency_days + 1) * pace_visits)
            as visit_pace_since_last,
        -- The same for the last 30 days.
        cast(visit_days_30d as double) * pace_days / (30 * pace_visits) as visit_pace_30d,
        -- Silence in the customer's own measure, so that a model knows a long one from the shorter
        -- ones of busier customers: what the pace would have brought.
        cast(visit_recency_days as double) * pace_visits / pace_days as visits_missed,
        -- The same by the pace before the last purchase, which the silence itself did not slow.
        cast(visit_recency_days as double) * (visit_days_since_first - visit_days_since_last + 1)
        / (tenure_days - recency_days + 30) as visits_missed_by_earlier_pace,
        visits_expected_since_last - visit_days_since_last as visit_shortfall_since_last,
        cast(phone_visit_day_count as double) / visit_day_count as phone_visit_share,
        cast(tablet_visit_day_count as double) / visit_day_count as tablet_visit_share,
        case
            when visit_days_since_first > 0
                then cast(purchase_count as double) / visit_days_since_first
        end as purchases_per_visit_day
    from expected
)

select * from final

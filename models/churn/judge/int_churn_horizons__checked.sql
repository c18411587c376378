-- The data by which each horizon can be judged, and the first reason why it cannot be: the minimum
-- of data (docs/definitions.md, section 6) holds for each horizon by itself.
with churn_horizons_compared as (
    select * from {{ ref('churn_horizons_compared') }}
),

churn_horizon_labels as (
    select * from {{ ref('churn_horizon_labels') }}
),

churn_readiness as (
    select * from {{ ref('churn_readiness') }}
),

horizons as (
    select cast(horizon_days as bigint) as horizon_days from churn_horizons_compared
    union
    select horizon_days from churn_readiness
),

tests as (
    select
        horizon_days,
        max(cut_off_at) as cut_off_at
    from churn_horizon_labels
    group by horizon_days
),

-- A horizon learns from its own earlier outcomes, as far as they were known at its test.
outcomes as (
    select
        t.horizon_days,
        t.cut_off_at,
        count(case when l.cut_off_at = t.cut_off_at then 1 end) as buyer_count,
        count(case when l.cut_off_at = t.cut_off_at and l.has_churned then 1 end) as churned_count,
        count(distinct case when l.outcome_at <= t.cut_off_at then l.cut_off_at end)
            as train_cutoff_count,
        count(distinct case when l.outcome_at <= t.cut_off_at then l.has_churned end)
            as train_outcome_count
    from tests as t
    inner join churn_horizon_labels as l
        on t.horizon_days = l.horizon_days
    group by t.horizon_days, t.cut_off_at
),

measured as (
    select
        h.horizon_days,
        o.cut_off_at,
        coalesce(o.buyer_count, 0) as buyer_count,
        coalesce(o.churned_count, 0) as churned_count,
        coalesce(o.train_cutoff_count, 0) as train_cutoff_count,
        coalesce(o.train_outcome_count, 0) as train_outcome_count,
        2 * h.horizon_days + {{ setting('churn_warm_up_days') }} as required_history_days,
        r.history_days,
        r.required_buyer_count,
        h.horizon_days = r.horizon_days as is_default,
        r.as_of_date
    from horizons as h
    cross join churn_readiness as r
    left join outcomes as o
        on h.horizon_days = o.horizon_days
),

final as (
    select
        horizon_days,
        case
            when history_days < required_history_days
                then concat(
                    'The history of orders is ', history_days, ' days, shorter than the ',
                    required_history_days, ' that a horizon of ', horizon_days, ' days needs.'
                )
            when cut_off_at is null
                then concat('No cut-off lies ', horizon_days, ' days before the clock.')
            when buyer_count < required_buyer_count
                then concat(
                    'Only ', buyer_count, ' customers had bought by the latest cut-off that lies ',
                    horizon_days, ' days back; ', required_buyer_count, ' are needed.'
                )
            when churned_count in (0, buyer_count)
                then 'All customers met the same end: nobody ordered again in time, or everybody.'
            when train_outcome_count < 2
                then concat(
                    'No earlier cut-off showed both who returns and who does not by then, so that '
                    'nothing could be learned: the regression is missing.'
                )
        end as reason,
        buyer_count,
        churned_count,
        train_cutoff_count,
        history_days >= required_history_days
        and buyer_count >= required_buyer_count
        and churned_count > 0
        and churned_count < buyer_count as is_measured,
        is_default,
        as_of_date,
        cut_off_at
    from measured
)

select * from final
